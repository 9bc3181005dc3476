import { markOwnFolder, OWN_FOLDER_MARK } from "../../azureml/job/code/own_output.ts";
import { join, resolve } from "node:path";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { DataMap } from "../../emulator/runner/data_assets.ts";
import { findIsolation } from "../../emulator/runner/isolation.ts";
import { findProject } from "../../kedro/project.ts";
import { removeTree } from "../../emulator/runner/programs.ts";
import type { RunnerOptions } from "../../emulator/runner/runner.ts";
import type { AppContext } from "../context.ts";
import { resolveDataMap } from "./data_map.ts";
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

/**
 * Creates the folder in which the steps' files are kept, marked so that it is not uploaded with the code.
 *
 * @param folder Absolute path.
 * @param typed The path as typed.
 * @throws {UserError} `rehearse.keep` if it is a file, or a folder with other files, such as the project.
 */
export async function openKeepFolder(
  { fs }: Pick<AppContext, "fs">,
  folder: string,
  typed: string,
): Promise<void> {
  const kind = (await fs.stat(folder))?.kind ?? "folder";
  if (kind !== "folder") throw keepError(`Cannot keep files in "${typed}": it is a file`);
  await markOwnFolder(fs, folder);
  if (await fs.stat(join(folder, OWN_FOLDER_MARK)) !== undefined) return;
  throw keepError(`Cannot keep files in "${typed}": the folder has other files`);
}

function keepError(message: string): UserError {
  return new UserError(message, {
    code: "rehearse.keep",
    exit: ExitCode.Usage,
    hint: "Use `--keep` with a new or empty folder",
  });
}

/** Waits for the end of standard input, then removes a folder; retries, because steps may still be ending. */
const REMOVE_AT_END = `read -r _
for _ in 1 2 3 4 5; do
  chmod -R u+rwX "$1"; rm -rf -- "$1"; [ -e "$1" ] || exit 0; sleep 1
done`;

/**
 * Starts a process that removes a folder if this program is killed, such as when its terminal is closed: the folder may
 * have copies of large or personal data.
 *
 * @returns a function that stops it.
 */
export function removeWhenKilled({ exec }: Pick<AppContext, "exec">, folder: string): () => Promise<void> {
  const stop = new AbortController();
  const ended = exec("sh", ["-c", REMOVE_AT_END, "sh", folder], {
    noticesParentEnd: true,
    signal: stop.signal,
  });
  return async () => {
    stop.abort();
    await ended;
  };
}
