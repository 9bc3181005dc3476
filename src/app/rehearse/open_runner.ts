import { markOwnFolder } from "../../azureml/job/code/own_output.ts";
import { join, resolve } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import { findIsolation } from "../../emulator/runner/isolation.ts";
import { findProject } from "../../kedro/project.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { AppContext } from "../context.ts";
import { resolveDataMap } from "./data_map.ts";
import { openKeepFolder } from "./keep_folder.ts";
import { removeWhenKilled } from "./remove_when_killed.ts";
import { openStepPython, type StepPythonChoice } from "./python.ts";
import { PARALLEL_STEPS } from "../project/typed_values.ts";

/** How to run steps on this machine. */
export interface StepsRequest extends StepPythonChoice {
  /** Local files and folders to use for data assets, by asset name. */
  readonly data?: DataMap | undefined;
  /** Number of steps that may run at once (default: 2). */
  readonly parallelSteps?: number | undefined;
  /** Folder to keep the steps' files in (default: they are deleted afterwards). */
  readonly keep?: string | undefined;
  /** State folder of the emulator, which then keeps the steps' files too. */
  readonly state?: string | undefined;
}

/** The options for running steps, and a function to clean up. */
export interface OpenedRunner {
  readonly options: RunnerOptions;
  /** Absolute path of the steps' interpreter. */
  readonly python: string;
  /** Removes the steps' files, unless they are to be kept. */
  close(): Promise<void>;
}

const NOT_ISOLATED = "Steps share /tmp with this machine and can change their inputs as root: " +
  "this machine does not let you create namespaces (`unshare`)";

/**
 * Finds or creates the steps' Python, and chooses the folder for their files.
 *
 * @param directory A folder of the project, which needs not exist if a Python is named.
 * @throws {UserError} `rehearse.*`.
 */
export async function openRunner(
  ctx: AppContext,
  steps: StepsRequest,
  directory?: string,
): Promise<OpenedRunner> {
  refuseWindows(ctx);
  const data = await resolveDataMap(ctx, steps.data);
  const { python, bin, paths } = await openStepPython(ctx, steps, directory);
  const { keep, state, parallelSteps = PARALLEL_STEPS } = steps;
  const kept = keep ?? state;
  const folder = kept === undefined ? temporaryFolder(ctx) : resolve(ctx.cwd, kept);
  if (keep !== undefined && keep !== state) await openKeepFolder(ctx, folder, keep);
  else if (state !== undefined) await markOwnFolder(ctx.fs, folder);
  const stopKeeper = kept === undefined ? removeWhenKilled(ctx, folder) : undefined;
  const project = await findProject(ctx, directory).catch(() => undefined);
  const visible = [...paths, ...Object.values(data), ...project === undefined ? [] : [project.root]];
  const isolation = ctx.platform === "linux" ? await findIsolation(ctx, folder, visible) : undefined;
  if (isolation === undefined) ctx.report({ type: "cache", message: NOT_ISOLATED });
  return {
    options: { folder, bin, parallelSteps, data, isolation },
    python,
    async close() {
      if (kept === undefined) await removeTree(ctx, folder);
      await stopKeeper?.();
    },
  };
}

/** A path in the temporary folder; the steps' folders in it can be read only by this user. */
function temporaryFolder(ctx: AppContext): string {
  return join(ctx.env.TMPDIR || "/tmp", `kedro-azureml-rehearsal-${ctx.random.uuid()}`);
}

/** Rejects Windows: steps are bash commands with Linux paths. @throws {UserError} `rehearse.windows`. */
export function refuseWindows({ platform }: AppContext): void {
  if (platform !== "windows") return;
  throw new UserError("Cannot run steps on Windows: they are bash commands with Linux paths", {
    code: "rehearse.windows",
    exit: ExitCode.Usage,
    hint: "Run `kedro-azureml` in WSL (`wsl --install`), with the Linux executable",
  });
}
