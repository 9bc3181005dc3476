import type { ExitCode } from "../errors.ts";

/** What a command gives: `data` is the `--json` contract, `text` is for people. */
export interface Output {
  readonly data: unknown;
  readonly text: string;
  readonly exit?: ExitCode;
}

/** What a command returns: one output, or several over time, which are JSON lines under `--json`. */
export type Outputs = Output | AsyncIterable<Output>;
