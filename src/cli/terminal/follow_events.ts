import type { FollowedEvent } from "../../app/context.ts";
import type { FollowEvent } from "../../azureml/service/history/follow_event.ts";
import type { NodeRun } from "../../azureml/service/history/node_lines.ts";
import type { StepRun } from "../../azureml/service/history/run_history.ts";
import type { Context } from "../../core/context.ts";
import { harmless, noCommands } from "../../core/text/sanitize.ts";
import { markOf } from "../text/paint.ts";
import { durationText } from "../text/units.ts";
import { isLive, isPrintedAbove, type LiveTable, openLiveTable } from "./live_table.ts";
import type { Progress } from "./progress.ts";

/**
 * Creates the function that shows followed runs: on a terminal a table of steps at the bottom, with logs, failures
 * and warnings above it; elsewhere one line per change.
 */
export function showFollow(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  progress: Progress,
  { json = false }: { readonly json?: boolean },
): (event: FollowedEvent) => Promise<void> {
  const isOnTerminal = isLive(ctx, json);
  const tables = new Map<string, LiveTable>();
  const tableOf = ({ name, title, board, logs }: FollowedEvent) => {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const table = openLiveTable(ctx, board, { name, title, share: logs ? 0.5 : 1 });
    tables.set(name, table);
    return table;
  };
  return async (followed) => {
    const { event, advice } = followed;
    if (event.type === "closed") {
      await tables.get(followed.name)?.close();
      tables.delete(followed.name);
      return;
    }
    if (event.type !== "end" && (!isOnTerminal || isPrintedAbove(event))) show(progress, followed);
    if (advice !== undefined && event.type === "failure") {
      progress.say(`hint: ${advice}`, { type: "advice", step: event.run.step, advice });
    }
    if (isOnTerminal) await tableOf(followed).draw();
  };
}

/** Prints an event. With `logs`, the end of a failed step's log was already printed. */
function show(progress: Progress, { event, logs, failedNode }: FollowedEvent): void {
  if (event.type === "closed") return;
  if (event.type === "warning") return progress.warn(event.warning);
  const text = followLine(event, { logs, failedNode });
  if (text !== undefined) progress.say(text, dataOf(event));
}

function followLine(
  event: Exclude<FollowEvent, { type: "warning" }>,
  { logs, failedNode: node }: Pick<FollowedEvent, "logs" | "failedNode">,
): string | undefined {
  if (event.type === "status") return `  Job ${event.job}: ${event.status}`;
  if (event.type === "step") return stepLine(event.run);
  if (event.type === "log") return prefixed(event);
  // With the logs, the lines that tell of nodes are printed as they are.
  if (event.type === "node") return logs ? undefined : nodeLine(event.step, event.node);
  if (event.type !== "failure") return undefined;
  const { message, logName, logTail } = event.failure;
  const log = logTail && !logs
    ? `\n  The end of ${logName}:\n${noCommands(logTail).replace(/^/gm, "  │ ")}`
    : "";
  return `✗ Step ${event.run.step}${node === undefined ? "" : `, node ${node}`}: ${
    reasonText(message)
  }${log}`;
}

function nodeLine(step: string, { name, status, durationMs }: NodeRun): string {
  const took = durationMs === undefined ? "" : ` in ${durationText(durationMs)}`;
  return `${markOf(status)} ${step}, node ${name}: ${status}${took}`;
}

/** The reason of a failure. Its further lines are indented, so that a CI system does not interpret them as commands. */
function reasonText(message = "Azure gave no reason"): string {
  return harmless(message.trimEnd()).replace(/\n(?=.)/g, "\n  ");
}

function dataOf(event: FollowEvent): unknown {
  if (event.type !== "step" && event.type !== "failure") return event;
  const { names: _, experimentId: __, parent: ___, ...run } = event.run;
  return { ...event, run };
}

function stepLine({ step, status, compute, startedAt, endedAt }: StepRun): string {
  const mark = markOf(status);
  const took = startedAt && endedAt ? ` in ${durationText(endedAt.getTime() - startedAt.getTime())}` : "";
  const where = status === "Running" && compute ? ` on ${compute}` : "";
  return `${mark} ${step}: ${status}${where}${took}`;
}

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
