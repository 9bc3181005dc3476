import type { AppContext } from "../../app/context.ts";
import type { EmulatorServerOptions } from "../../app/emulator/options.ts";
import { openSeed, type SeedOptions } from "../../app/emulator/seed.ts";
import { startEmulator } from "../../app/emulator/emulator.ts";
import { openRunner, type StepOptions } from "../../app/rehearse/open_runner.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { Output } from "../command/output.ts";
import { recordEmulator } from "../../app/emulator/running.ts";
import { shellOf } from "./shell_lines.ts";
import { VERSION } from "../../core/version.ts";
import { renderReady } from "./emulator_text.ts";

/** Options of `emulator`. */
export interface EmulatorCommandOptions
  extends GlobalOptions, StepOptions, SeedOptions, Omit<EmulatorServerOptions, "seed" | "run" | "onNotice"> {
  /** Whether to run the steps of jobs on this machine. */
  readonly runSteps?: boolean;
}

/** Runs the emulator until Ctrl+C. */
export async function* emulator(ctx: AppContext, options: EmulatorCommandOptions): AsyncIterable<Output> {
  const { python: _, ...reading } = options;
  const { seed, warnings } = await openSeed(ctx, reading);
  yield { data: undefined, text: "", warnings };
  const runner = options.runSteps ? await openRunner(ctx, options) : undefined;
  const server = await startEmulator(ctx, {
    ...reading,
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
