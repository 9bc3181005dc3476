import type { ExitCode, Warning } from "../../core/errors.ts";

/** The result of a command: `data` for `--json`, `text` for people. */
export interface Output {
  /** `undefined` if there is no result, only text or warnings. */
  readonly data: unknown;
  /** Ends with a line break, or is empty. */
  readonly text: string;
  readonly exit?: ExitCode;
  /** Printed to standard error, before the text. */
  readonly warnings?: readonly Warning[];
  /** Commands to type next, as hints on standard error after the text; not with `--json`. */
  readonly next?: readonly string[];
  /** Name in Azure ML of the job that was submitted, so that a failure afterwards can name it. */
  readonly submitted?: string;
}

/** What a command returns: one output, or several over time, each a line of JSON with `--json`. */
export type Outputs = Output | AsyncIterable<Output>;
