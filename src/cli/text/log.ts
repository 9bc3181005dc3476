import { noCommands } from "../../core/text/sanitize.ts";
import { withShortPaths } from "../../core/text/exception.ts";
import { withoutRich } from "../../core/text/rich.ts";
import { cutMiddle } from "../../core/text/trim.ts";

/** Whole lines of one log. */
export interface LogText {
  readonly step: string;
  readonly file: string;
  readonly text: string;
}

/** The step's name takes at most this part of a terminal's width. */
const NAME_SHARE = 0.3;

/**
 * Prefixes each line with its step, and with the process number for steps with several processes.
 *
 * @param columns Width of the terminal, on which long names are shortened in the middle.
 */
export function prefixed({ step, file, text }: LogText, columns?: number): string {
  const process = /std_log_process_0*(\d+)\.txt$/.exec(file)?.[1];
  const name = columns === undefined ? step : cutMiddle(step, Math.floor(columns * NAME_SHARE));
  const who = process === undefined ? name : `${name}[${process}]`;
  return noCommands(withShortPaths(withoutRich(text))).replace(/\n$/, "").replace(/^/gm, `${who} │ `);
}
