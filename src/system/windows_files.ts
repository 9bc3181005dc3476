import { isWindowsDevice, isWindowsNull, windowsNameProblem } from "../core/path_names.ts";
import { ExitCode, isOpenElsewhere, UserError } from "../core/errors.ts";

/** Pauses between attempts, about a second in total. */
const PAUSES_MS = [10, 20, 40, 80, 160, 300, 400] as const;

/** Waits for a number of milliseconds. */
export type Pause = (ms: number) => Promise<void>;

const pause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether another program may have the file open: then Windows also denies access to rename or remove it. */
function isHeldOrDenied(thrown: unknown): boolean {
  return isOpenElsewhere(thrown) || thrown instanceof Deno.errors.PermissionDenied;
}

/**
 * Repeats an action for up to a second while another program has the file open: on Windows, a virus scanner or an
 * indexer opens each new file for a moment. On other systems, an open file is no obstacle, so the action runs once.
 */
export async function whenFree<T>(
  action: () => Promise<T>,
  { moves = false, isWindows = Deno.build.os === "windows", wait = pause }: {
    /** Whether the action renames or removes the file. */
    readonly moves?: boolean;
    readonly isWindows?: boolean;
    readonly wait?: Pause;
  } = {},
): Promise<T> {
  for (const ms of isWindows ? PAUSES_MS : []) {
    try {
      return await action();
    } catch (thrown) {
      if (!(moves ? isHeldOrDenied : isOpenElsewhere)(thrown)) throw thrown;
      await wait(ms);
    }
  }
  return await action();
}

/**
 * Runs an action that replaces an existing file. Windows only says "access denied" if another program has the file
 * open.
 *
 * @throws {UserError} `file.in_use` instead of that error.
 */
export async function replacing<T>(
  path: string,
  action: () => Promise<T>,
  isWindows = Deno.build.os === "windows",
): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    if (!isWindows || !isHeldOrDenied(thrown)) throw thrown;
    throw new UserError(`Cannot replace "${path}": another program has it open, or it is read-only`, {
      code: "file.in_use",
      hint: "Close that program, or choose another file",
      cause: thrown,
    });
  }
}

/** Rejects a path that Windows only seems to write to. @throws {UserError} `file.name`. */
export function refuseName(path: string, isWindows = Deno.build.os === "windows"): void {
  const problem = isWindows ? windowsNameProblem(path) : undefined;
  if (problem === undefined) return;
  throw new UserError(`Cannot write "${path}": ${problem}`, {
    code: "file.name",
    exit: ExitCode.Usage,
    hint: "Choose another name",
  });
}

/** Whether a path leads to a device of Windows instead of a file. */
export function isDevice(path: string): boolean {
  return Deno.build.os === "windows" && isWindowsDevice(path);
}

/** Whether everything that is written to a path is discarded. */
export function isNull(path: string): boolean {
  return Deno.build.os === "windows" && isWindowsNull(path);
}
