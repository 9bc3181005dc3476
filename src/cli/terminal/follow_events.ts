import type { FollowedEvent } from "../../app/context.ts";
import type { NodeRun } from "../../azureml/job/compile/command.ts";
import type { StepRun } from "../../azureml/runs/history.ts";
import type { Context } from "../../core/context.ts";
import { ciSystemOf } from "../../core/env_vars.ts";
import { cutMiddle, durationText } from "../../core/format.ts";
import { endBelow, linesOf, reasonOf, withoutRich, withShortPaths } from "../../core/python_log.ts";
import { escaped, noCommands, shownName } from "../../core/untrusted.ts";
import { failureText } from "../text/error.ts";
import { markOf } from "../text/render.ts";
import { isLive, isPrintedAbove, openLiveTable } from "./live_table.ts";
import type { Progress } from "./progress.ts";

/**
 * Creates the function that shows followed runs: on a terminal a table of steps at the bottom, with logs, failures
 * and warnings above it; elsewhere one line per change.
 */
export function showFollow(
  ctx: Pick<Context, "terminal" | "clock" | "env" | "cwd">,
  progress: Progress,
  { json = false, quiet = false }: { readonly json?: boolean; readonly quiet?: boolean },
): (event: FollowedEvent) => Promise<void> {
  const isOnTerminal = isLive(ctx, json || quiet);
  const printed = openPrintedTexts();
  const folds = openFolds(ctx, json);
  const tables = new Map<string, ReturnType<typeof openLiveTable>>();
  const tableOf = ({ name, title, board, logs }: FollowedEvent) => {
    const open = tables.get(name);
    if (open !== undefined) return open;
    const table = openLiveTable(ctx, board, { name, title, share: logs ? 0.5 : 1 });
    tables.set(name, table);
    return table;
  };
  return async (followed) => {
    const { event, advice } = followed;
    folds.show(event);
    if (event.type === "failure" && !json) await markLine(ctx, event);
    if (event.type === "closed") {
      await tables.get(followed.name)?.close();
      tables.delete(followed.name);
      return;
    }
    if (!isOnTerminal || isPrintedAbove(event)) {
      show(progress, followed, { printed, columns: isOnTerminal ? ctx.terminal.columns : undefined });
    }
    if (advice !== undefined && !quiet && event.type === "failure" && (json || printed.isNew(advice))) {
      progress.say(`hint: ${advice}`, { type: "advice", step: event.run.step, advice });
    }
    if (isOnTerminal) await tableOf(followed).draw();
  };
}

/** Names the line of the project that failed to a CI system, which shows it there. */
async function markLine(
  ctx: Pick<Context, "terminal" | "env" | "cwd">,
  { run: { step }, failure: { cause } }: Extract<FollowedEvent["event"], { type: "failure" }>,
): Promise<void> {
  const [, file, line] = /^(.+?):(\d+)(?: in |$)/.exec(cause?.place ?? "") ?? [];
  if (cause === undefined || file === undefined || ciSystemOf(ctx.env) === undefined) return;
  const { annotate } = await import("./ci.ts");
  const message = `Step ${step} failed: ${cause.error}`;
  const place = { file, line: Number(line) };
  annotate(ctx, {
    findings: [{ severity: "error", code: "job.step_failed", message, place }],
    root: ctx.cwd,
  });
}

/** How CI systems begin and end lines that they fold. */
const FOLDS = {
  github: { begin: (name: string) => `::group::${escaped.github(name)}`, end: "::endgroup::" },
  "azure-pipelines": { begin: (name: string) => `##[group]${shownName(name)}`, end: "##[endgroup]" },
} as const;

/** Folds the log of each step in a CI system that can. What is between the logs of two steps is not folded. */
function openFolds({ terminal, env }: Pick<Context, "terminal" | "env">, json: boolean) {
  const system = ciSystemOf(env);
  const fold = json || (system !== "github" && system !== "azure-pipelines") ? undefined : FOLDS[system];
  const begun = new Set<string>();
  let open: string | undefined;
  return {
    show(event: FollowedEvent["event"]) {
      const step = event.type === "log" ? event.step : undefined;
      if (fold === undefined || step === open) return;
      if (open !== undefined) terminal.command(fold.end);
      if (step !== undefined) {
        terminal.command(fold.begin(`Log of ${step}${begun.has(step) ? ", continued" : ""}`));
        begun.add(step);
      }
      open = step;
    },
  };
}

/** Whether an event is printed with `--quiet`: why a step failed, and logs, which `--logs` asks for. */
export function isShownQuietly({ event }: FollowedEvent): boolean {
  return event.type === "failure" || event.type === "log";
}

/** Causes and advice that were printed, so that those of further steps are not printed again. */
interface PrintedTexts {
  isNew(text: string): boolean;
}

function openPrintedTexts(): PrintedTexts {
  const texts = new Set<string>();
  return { isNew: (text) => texts.size < texts.add(text).size };
}

interface Shown {
  readonly printed: PrintedTexts;
  readonly columns: number | undefined;
}

/** Prints an event. With `logs`, the end of a failed step's log was already printed. */
function show(progress: Progress, { event, logs, failedNode }: FollowedEvent, shown: Shown): void {
  if (event.type === "warning") return progress.warn(event.warning);
  const text = followLine(event, { logs, failedNode, ...shown });
  if (text !== undefined) progress.say(text, dataOf(event));
}

function followLine(
  event: Exclude<FollowedEvent["event"], { type: "warning" }>,
  { logs, failedNode: node, printed, columns }: Pick<FollowedEvent, "logs" | "failedNode"> & Shown,
): string | undefined {
  if (event.type === "status") return `  Job ${event.job}: ${event.status}`;
  if (event.type === "step") return stepLine(event.run);
  if (event.type === "log") return prefixed(event, columns);
  // With the logs, the lines that tell of nodes are printed as they are.
  if (event.type === "node") return logs ? undefined : nodeLine(event.step, event.node);
  if (event.type !== "failure") return undefined;
  const { cause, logName, logTail } = event.failure;
  const reason = reasonOf(event.failure);
  const head = failureText({ step: event.run.step, node, reason, place: cause?.place });
  const isPrinted = cause !== undefined && !printed.isNew(`${cause.error} ${cause.place}`);
  if (!logTail || logs || isPrinted) return head;
  const end = cause === undefined ? logEnd(logTail) : endBelow(logTail, cause, SHOWN_LINES);
  return end === "" ? head : `${head}\n  The end of ${logName}:\n${noCommands(end).replace(/^/gm, "  │ ")}`;
}

/** Lines of a log that are printed below a failure. */
const SHOWN_LINES = 12;

function logEnd(logTail: string): string {
  return withoutRich(logTail).trimEnd().split("\n").slice(-SHOWN_LINES).map((line) => line.trimEnd()).join(
    "\n",
  );
}

function nodeLine(step: string, { name, status, durationMs }: NodeRun): string {
  const took = durationMs === undefined ? "" : ` in ${durationText(durationMs)}`;
  return `${markOf(status)} ${step}, node ${name}: ${status}${took}`;
}

function dataOf(event: FollowedEvent["event"]): unknown {
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
interface LogText {
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
  return readableLog(text).replace(/^/gm, `${who} │ `);
}

/** A log as people read it: in whole lines and with short paths. */
export function readableLog(text: string): string {
  return noCommands(withShortPaths(withoutRich(linesOf(text).join("\n"))));
}
