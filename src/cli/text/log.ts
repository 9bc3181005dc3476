import { noCommands } from "../../core/text/sanitize.ts";

/** Whole lines of one log. */
export interface LogText {
  readonly step: string;
  readonly file: string;
  readonly text: string;
}

/** Prefixes each line with its step, and with the process number for steps with several processes. */
export function prefixed({ step, file, text }: LogText): string {
  const process = /std_log_process_0*(\d+)\.txt$/.exec(file)?.[1];
  const who = process === undefined ? step : `${step}[${process}]`;
  return noCommands(text).replace(/\n$/, "").replace(/^/gm, `${who} │ `);
}
