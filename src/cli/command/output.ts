import type { ExitCode, Warning } from "../../core/errors.ts";

/** The result of a command: `data` for `--json`, `text` for people. */
export interface Output {
  /** `undefined` if there is no result, only text or warnings. */
  readonly data: unknown;
  /** Ends with a line break, or is empty. */
  readonly text: string;
  /** Whether the text is sentences, whose lines a terminal wraps between words; wide tables and files are not. */
  readonly isProse?: boolean;
  readonly exit?: ExitCode;
  /** Printed to standard error, before the text. */
  readonly warnings?: readonly Warning[];
  /** Commands to run next, printed as hints on standard error after the text; not with `--json`. */
  readonly next?: readonly string[];
  /** Name in Azure ML of a submitted job, so that a later failure can mention it. */
  readonly submitted?: string;
}

/** The result of a command: one output, or several over time, each one line of JSON with `--json`. */
export type Outputs = Output | AsyncIterable<Output>;
