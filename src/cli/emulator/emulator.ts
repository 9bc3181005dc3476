import type { AppContext } from "../../app/context.ts";
import { openSeed, type SeedOptions } from "../../app/emulator/seed.ts";
import { startEmulator } from "../../app/emulator/emulator.ts";
import { openRunner, type StepOptions } from "../../app/rehearse/open_runner.ts";
import { stepPython, type StepPythonTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";
import { recordEmulator } from "../../app/emulator/running.ts";
import { behaviorRequest, type BehaviorTyped } from "./request.ts";
import { shellOf } from "./shell_lines.ts";
import { VERSION } from "../../core/version.ts";
import { renderReady } from "./emulator_text.ts";

/** What is typed for `emulator`. */
interface EmulatorTyped
  extends
    BehaviorTyped,
    StepPythonTyped,
    Omit<StepOptions, "python" | "state">,
    Omit<SeedOptions, "acceptAny"> {
  /** Whether to run the steps of jobs on this machine. */
  readonly runSteps?: boolean;
}

/** Runs the emulator until Ctrl+C. */
export async function* emulator(ctx: AppContext, typed: EmulatorTyped): AsyncIterable<Output> {
  const behavior = behaviorRequest(typed);
  const { venv: _, ...rest } = typed;
  const steps = { ...rest, python: stepPython(ctx, typed) };
  const { seed, warnings } = await openSeed(ctx, typed);
  yield { data: undefined, text: "", warnings };
  const runner = typed.runSteps ? await openRunner(ctx, steps) : undefined;
  const server = await startEmulator(ctx, {
    ...behavior,
    seed,
    ...(runner && { run: runner.options }),
    onNotice: (message) =>
      void ctx.report({ type: "warning", warning: { code: "emulator.notice", message } }),
  });
  const record = await recordEmulator(ctx, {
    ...server.ready,
    runsSteps: runner !== undefined,
    startedAt: ctx.clock.now().toISOString(),
    version: VERSION,
  });
  try {
    const shell = record === undefined ? shellOf(ctx) : undefined;
    yield renderReady(server.ready, { python: runner?.python, shell });
    await server.finished;
  } finally {
    await record?.remove();
    await server.cleanUp();
    await runner?.close();
  }
}
