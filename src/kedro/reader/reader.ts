import type { AskModules } from "../modules.ts";
import type { Json, ProjectSnapshot } from "../snapshot.ts";

export const READ_TIMEOUT_MS = 60_000;

export interface ReaderOptions {
  readonly env: string;
  readonly runtimeParams?: Readonly<Record<string, Json>>;
  /** Environment variables that the project's code may see; if omitted, all but secrets, and none in CI. */
  readonly allowEnvNames?: readonly string[];
  /** Time limit of one request in milliseconds (default: {@linkcode READ_TIMEOUT_MS}). */
  readonly timeoutMs?: number;
  /** Called with each line that the project's code prints. */
  readonly onPrint?: (text: string) => void;
  /** Called if the kernel's system call filter is missing on Linux. */
  readonly onUnfiltered?: () => void;
  /**
   * Removes the values from a credentials file; returns `undefined` if the file must stay hidden. If omitted, all
   * credentials files are hidden from the project's code.
   */
  readonly maskCredentials?: (text: string, file: string) => string | undefined;
  /** A Python to read the project with instead of the embedded one; not sandboxed. */
  readonly python?: string;
  /** A file written by `inspect --json`, used instead of reading the project. */
  readonly snapshot?: string;
  /** False to ignore cached readings and store none. */
  readonly cache?: boolean;
  /** Called with a message that says whether a cached reading is used, or why this one is not stored. */
  readonly onCache?: (message: string) => void;
}

/** An open project; call `close()` when done. */
export interface KedroReader {
  /**
   * Reads the whole project; later calls return the same result.
   *
   * @param options.lenient Report a context, catalog or parameters that cannot be read as warnings, not errors.
   * @throws {UserError} `kedro.*`, with the place in the project and its traceback.
   */
  snapshot(options?: { readonly lenient?: boolean }): Promise<ProjectSnapshot>;
  /**
   * Calls a custom resolver that the project's settings.py registers.
   *
   * @throws {UserError} `kedro.*` if the project cannot be read or the resolver raises.
   */
  resolve(name: string, args: readonly Json[]): Promise<Json>;
  /**
   * What Python's parser says about texts of modules, of which it runs nothing.
   *
   * @throws {UserError} `kedro.*` if there is no answer.
   */
  readonly modules: AskModules;
  close(): Promise<void>;
}
