import { markOwnFolder } from "../../azureml/code/own_output.ts";
import { join, resolve } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { AppContext } from "../context.ts";
import { resolveDataMap } from "./data_map.ts";
import { openStepPython, type StepPythonOptions } from "./python.ts";

/** How steps are run on this machine, as typed. */
export interface StepOptions extends StepPythonOptions {
  /** Local files and folders by the data asset that they stand for. */
  readonly data?: DataMap;
  /** How many steps may run at once (default: 2). */
  readonly jobs?: number;
  /** Folder for the files of the steps, which then stay. */
  readonly keep?: string;
}

/** How steps are run, and what is left to do afterwards. */
export interface OpenedRunner {
  readonly options: RunnerOptions;
  /** Absolute path of the steps' interpreter. */
  readonly python: string;
  /** Removes the files of the steps, unless they are kept. */
  close(): Promise<void>;
}

const PARALLEL_STEPS = 2;

/**
 * Finds or makes the Python of the steps and a folder for their files.
 *
 * @throws {UserError} `rehearse.*`.
 */
export async function openRunner(ctx: AppContext, given: StepOptions): Promise<OpenedRunner> {
  refuseWindows(ctx);
  const data = await resolveDataMap(ctx, given.data);
  const { python, bin } = await openStepPython(ctx, given);
  const folder = given.keep === undefined ? temporaryFolder(ctx) : resolve(ctx.cwd, given.keep);
  if (given.keep !== undefined) await markOwnFolder(ctx.fs, folder);
  return {
    options: { folder, bin, parallelSteps: given.jobs ?? PARALLEL_STEPS, data },
    python,
    async close() {
      if (given.keep === undefined) await removeTree(ctx, folder);
    },
  };
}

/** In the folder for temporary files; the folders below it can be read by this user only. */
function temporaryFolder(ctx: AppContext): string {
  return join(ctx.env.TMPDIR || "/tmp", `kedro-azureml-rehearsal-${ctx.random.uuid()}`);
}

/**
 * Steps are commands of bash, and paths in them those of Linux.
 *
 * @throws {UserError} `rehearse.windows`.
 */
export function refuseWindows({ platform }: AppContext): void {
  if (platform !== "windows") return;
  throw new UserError("Cannot run steps on Windows: they are bash commands with Linux paths", {
    code: "rehearse.windows",
    exit: ExitCode.Usage,
    hint: "Run `kedro-azureml` in WSL (`wsl --install`), with the Linux executable",
  });
}
