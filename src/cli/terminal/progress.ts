import type { OnRetry } from "../../core/net/azure_http.ts";
import type { FollowEvent } from "../../azureml/history/follow_event.ts";
import type { StepRun } from "../../azureml/history/run_history.ts";
import type { SubmitEvent } from "../../azureml/submit/submit.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import { harmless, noCommands, shownName } from "../../core/text/sanitize.ts";
import { renderWarning } from "../text/error.ts";
import { prefixed } from "../job/logs_text.ts";
import { paint } from "../text/paint.ts";
import { markOf } from "../text/marks.ts";
import { cut } from "../text/columns.ts";
import { countText, durationText, sizeText } from "../text/units.ts";

/** Tells on standard error what happens, while it happens. */
export interface Progress {
  /** Says one line; under `--json` writes `data` as one. */
  say(text: string, data: unknown): void;
  /** Shows a count on the last line of a terminal, until something else is said; in a log only the last count. */
  count(text: string, isLast: boolean): void;
  warn(warning: Warning): void;
}

/** The name that the line of a count is pinned under. */
const COUNT = "count";

/** Opens progress: lines in a log, a line that counts on a terminal, JSON lines under `--json`. */
export function openProgress(
  { terminal }: Pick<Context, "terminal">,
  { json = false }: { json?: boolean },
): Progress {
  const line = (text: string, data: unknown) => {
    terminal.pin(COUNT);
    if (json) terminal.err(JSON.stringify(data) + "\n");
    else terminal.err((terminal.color ? paint(text) : text) + "\n");
  };
  return {
    say: (text, data) => line(text, { progress: data }),
    count(text, isLast) {
      if (json) return;
      if (isLast) return line(text, undefined);
      terminal.pin(COUNT, ({ columns }) => [cut(text, columns - 1)]);
    },
    warn(warning) {
      const { text, data } = renderWarning(warning);
      line(text.trimEnd(), data);
    },
  };
}

/** Shows what happens while jobs are submitted. */
export function showSubmit(progress: Progress): (event: SubmitEvent) => void {
  return (event) => {
    if (event.type === "warning") return progress.warn(event.warning);
    if (event.type === "upload") {
      const { files, sentBytes, name } = event;
      return progress.count(
        `  Uploaded ${countText(files, "file")}, ${sizeText(sentBytes)}: ${shownName(name)}`,
        false,
      );
    }
    if (event.type === "component") {
      const { done, total } = event;
      const text = done === total
        ? `✓ Registered ${countText(total, "component")}`
        : `  Registered ${done} of ${countText(total, "component")}`;
      return progress.count(text, done === total);
    }
    progress.say(submitLine(event), event);
  };
}

function submitLine(event: Exclude<SubmitEvent, { type: "upload" | "component" | "warning" }>): string {
  switch (event.type) {
    case "workspace":
      return `✓ Workspace ${event.workspace}${event.location === undefined ? "" : ` in ${event.location}`}`;
    case "compute":
      return `✓ Compute ${event.name}`;
    case "environment":
      return `✓ Environment ${event.shown}${event.shown === event.asked ? "" : ` for ${event.asked}`}`;
    case "data":
      return `✓ Data asset ${event.id.split("/data/")[1]!.replace("/versions/", ":")} for ${event.path}`;
    case "code":
      return `✓ Code, ${countText(event.files, "file")}, ${sizeText(event.sizeBytes)}: ${
        event.wasThere ? "in the workspace already, nothing sent" : "uploaded"
      }`;
    case "sending":
      return `  Submitting job ${event.job} as ${event.name}`;
  }
}

/** Shows each change of a job and of its steps; with `logs` the end of a log was seen already. */
export function showFollow(
  progress: Progress,
  { logs = false }: { readonly logs?: boolean | undefined } = {},
): (event: FollowEvent) => void {
  return (event) => {
    if (event.type === "warning") return progress.warn(event.warning);
    const text = followLine(event, logs);
    if (text !== undefined) progress.say(text, dataOf(event));
  };
}

function followLine(event: Exclude<FollowEvent, { type: "warning" }>, logs: boolean): string | undefined {
  if (event.type === "status") return `  Job ${event.job}: ${event.status}`;
  if (event.type === "step") return stepLine(event.run);
  if (event.type === "log") return prefixed(event);
  if (event.type !== "failure") return undefined;
  const { message, logName, logTail } = event.failure;
  const log = logTail && !logs
    ? `\n  The end of ${logName}:\n${noCommands(logTail).replace(/^/gm, "  │ ")}`
    : "";
  return `✗ Step ${event.run.step}: ${reasonText(message)}${log}`;
}

/** Azure's reason, or the step's own: its further lines are indented, so that none of them is taken for a command. */
function reasonText(message = "Azure gives no reason"): string {
  return harmless(message.trimEnd()).replace(/\n(?=.)/g, "\n  ");
}

function dataOf(event: FollowEvent): unknown {
  if (event.type !== "step" && event.type !== "failure") return event;
  const { names: _, experimentId: __, ...run } = event.run;
  return { ...event, run };
}

function stepLine({ step, status, compute, startedAt, endedAt }: StepRun): string {
  const mark = markOf(status);
  const took = startedAt && endedAt ? ` in ${durationText(endedAt.getTime() - startedAt.getTime())}` : "";
  const where = status === "Running" && compute ? ` on ${compute}` : "";
  return `${mark} ${step}: ${status}${where}${took}`;
}

/** Says that a request is tried again, when that takes a while. */
export function showRetry(progress: Progress): OnRetry {
  return ({ url, status, waitMs }) => {
    if (waitMs < 2000) return;
    const { host } = new URL(url);
    const why = status === undefined ? "gave no answer" : `answered with ${status}`;
    progress.say(`  ${host} ${why}; trying again in ${durationText(waitMs)}`, {
      type: "retry",
      host,
      status,
      waitMs,
    });
  };
}
