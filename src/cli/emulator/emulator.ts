import type { AppContext, ProjectOptions } from "../../app/context.ts";
import type { WorkspaceSeed } from "../../emulator/world/options.ts";
import { readSeed } from "../../app/emulator/seed.ts";
import { startEmulator } from "../../app/emulator/emulator.ts";
import { emulatorPageUrl } from "../../core/emulator_page.ts";
import { readLocalData } from "../../app/rehearse/data_map.ts";
import { openRunner } from "../../app/rehearse/open_runner.ts";
import { stepsRequest, type StepsTyped } from "../command/steps_request.ts";
import type { Output } from "../command/output.ts";
import { recordEmulator, type RunningEmulator } from "../../app/emulator/running.ts";
import { rememberedRoot } from "../../app/run/remembered_runs.ts";
import { behaviorRequest, type BehaviorTyped } from "./request.ts";
import { type PrintedShell, shellOf, variableLines } from "./shell_lines.ts";
import { VERSION } from "../../core/version.ts";

/** What is typed for `emulator`. */
interface EmulatorTyped extends BehaviorTyped, StepsTyped {
  readonly project: ProjectOptions;
  readonly workspace?: readonly WorkspaceSeed[];
  readonly compute?: readonly string[];
  readonly empty?: boolean;
  /** Whether to run the steps of jobs on this machine. */
  readonly runSteps?: boolean;
}

/** Runs the emulator until Ctrl+C. */
export async function* emulator(ctx: AppContext, typed: EmulatorTyped): AsyncIterable<Output> {
  const behavior = behaviorRequest(typed);
  const steps = { ...stepsRequest(ctx, typed), state: typed.state };
  const { project, workspace: workspaces, compute: computes, acceptAny, empty } = typed;
  const { seed, warnings } = await readSeed(ctx, project, { workspaces, computes, acceptAny, empty });
  yield { data: undefined, text: "", warnings };
  const runner = typed.runSteps ? await openRunner(ctx, steps, project.directory) : undefined;
  const localData = runner === undefined || empty ? {} : await readLocalData(ctx, project);
  const server = await startEmulator(ctx, {
    ...behavior,
    seed,
    ...(runner && { run: { ...runner.options, localData } }),
    onNotice: (message) =>
      void ctx.report({ type: "warning", warning: { code: "emulator.notice", message } }),
  });
  const record = await recordEmulator(ctx, {
    ...server.ready,
    project: await rememberedRoot(ctx, project),
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

/**
 * Renders the emulator's URL and how to use it.
 *
 * @param options.python The Python that runs the steps; absent if they are simulated.
 * @param options.shell The shell for whose variables lines are printed, if `--emulator` finds another emulator.
 */
export function renderReady(
  ready: RunningEmulator,
  { python, shell }: { readonly python?: string | undefined; readonly shell?: PrintedShell | undefined },
): Output {
  const steps = python === undefined
    ? "Steps are simulated: no project code runs."
    : `Steps run on this machine with ${python}.`;
  const use = shell === undefined
    ? "# In another terminal, add `--emulator` to any command.\n"
    : `# Another emulator is the one that \`--emulator\` uses. To use this one, run in another terminal:\n${
      variableLines(shell, ready.env)
    }`;
  return {
    data: { ...ready, page: emulatorPageUrl(ready) },
    text: `# Emulating Azure ML at ${ready.origin} until you press Ctrl+C. ${steps}\n` +
      `# Jobs: ${emulatorPageUrl(ready)}\n${use}`,
    isRaw: true,
  };
}
