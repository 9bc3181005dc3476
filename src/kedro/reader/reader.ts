import type { Json, ProjectSnapshot } from "../snapshot.ts";

/** How a project is read. */
export interface ReaderOptions {
  /** The Kedro environment. */
  readonly env: string;
  readonly runtimeParams?: Readonly<Record<string, Json>>;
  /** Environment variables that the project's code may see; all but secrets when absent, in CI none. */
  readonly allowEnvNames?: readonly string[];
  /** Milliseconds that one request may take; 60000 when absent. */
  readonly timeoutMs?: number;
  /** Told each line that the project's code prints. */
  readonly onPrint?: (text: string) => void;
  /**
   * Takes the values out of a file of credentials; `undefined` where the file must stay hidden. Without it all of them are
   * hidden from the project's code.
   */
  readonly maskCredentials?: (text: string, file: string) => string | undefined;
  /** A Python that reads the project instead, with all that it may do. */
  readonly python?: string;
  /** A file with what `inspect --json` wrote, read instead of the project. */
  readonly snapshot?: string;
}

/** A project that is being read; it must be closed. */
export interface KedroReader {
  /**
   * Reads everything, once.
   *
   * @param options.lenient A context, catalog or parameters that cannot be read are warnings instead of an error.
   * @throws {UserError} `kedro.*`, with the place in the project and the project's own traceback.
   */
  snapshot(options?: { readonly lenient?: boolean }): Promise<ProjectSnapshot>;
  /**
   * Asks a resolver that the project's settings.py registers.
   *
   * @throws {UserError} `kedro.*` when the project cannot be read, or the resolver raises.
   */
  resolve(name: string, args: readonly Json[]): Promise<Json>;
  close(): Promise<void>;
}
