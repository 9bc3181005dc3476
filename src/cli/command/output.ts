import type { ExitCode, Warning } from "../../core/errors.ts";

/** What a command gives: `data` is the `--json` contract, `text` is for people. */
export interface Output {
  /** `undefined` where only warnings are told. */
  readonly data: unknown;
  /** Ends with a line break, or is empty. */
  readonly text: string;
  readonly exit?: ExitCode;
  /** Go to standard error, before the text. */
  readonly warnings?: readonly Warning[];
  /** Commands to type next, as hints on standard error after the text; not with `--json`. */
  readonly next?: readonly string[];
  /** Name in Azure ML of the job that was submitted, so that a failure afterwards can name it. */
  readonly submitted?: string;
}

/** What a command returns: one output, or several over time, which are JSON lines under `--json`. */
export type Outputs = Output | AsyncIterable<Output>;
