import { noCommands } from "../../core/text/sanitize.ts";
import type { Output } from "../command/output.ts";

/** Whole lines of one log. */
export interface LogText {
  readonly step: string;
  readonly file: string;
  readonly text: string;
}

/** Each line with the step that wrote it before; a step of several processes tells which, too. */
export function prefixed({ step, file, text }: LogText): string {
  const process = /std_log_process_0*(\d+)\.txt$/.exec(file)?.[1];
  const who = process === undefined ? step : `${step}[${process}]`;
  return noCommands(text).replace(/\n$/, "").replace(/^/gm, `${who} │ `);
}

/** Shows lines of a log as they are, or, among other logs, each with its step. */
export function renderLog({ step, file, text }: LogText, isOneOfMany: boolean): Output {
  return {
    data: { step, file, text },
    text: isOneOfMany ? `${prefixed({ step, file, text })}\n` : noCommands(text),
  };
}

/** Tells why a step failed. */
export function renderReason(step: string, reason: string | undefined, hint: string | undefined): Output {
  const message = `Step ${step} failed: ${reason ?? "Azure gives no reason"}`;
  return {
    data: undefined,
    text: "",
    warnings: [{ code: "job.step_failed", message, ...(hint && { hint }) }],
  };
}
