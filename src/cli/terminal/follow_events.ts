import type { FollowedEvent } from "../../app/context.ts";
import type { NodeRun } from "../../azureml/job/compile/command.ts";
import type { StepRun } from "../../azureml/runs/history.ts";
import type { Context } from "../../core/context.ts";
import { ciSystemOf } from "../../core/env_vars.ts";
import { hintLines } from "../../core/errors.ts";
import { countText, cutMiddle, durationText } from "../../core/format.ts";
import { endBelow, linesOf, reasonOf, withoutRich, withShortPaths } from "../../core/python_log.ts";
import { escaped, noCommands, shownName } from "../../core/untrusted.ts";
import { failureText } from "../text/error.ts";
import { cut, markOf, paint, tableText } from "../text/render.ts";
import { isLive, type Progress } from "./progress.ts";
import type { Board, FollowEvent } from "../../azureml/runs/follow_job.ts";
import { isRunning, type StepState, WAITING } from "../../core/runs.ts";

/**
 * Creates the function that shows followed runs: on a terminal a table of steps at the bottom, with logs, failures
 * and warnings above it; elsewhere one line per change.
 */
export function showFollow(
  ctx: Pick<Context, "terminal" | "clock" | "env" | "cwd">,
  progress: Progress,
  { json = false, quiet = false }: {
    readonly json?: boolean | undefined;
    readonly quiet?: boolean | undefined;
  },
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
    if (event.type === "failure") await markLine(ctx, event);
    if (event.type === "closed") {
      await tables.get(followed.name)?.close();
      tables.delete(followed.name);
      return;
    }
    if (!isOnTerminal || isPrintedAbove(event)) {
      show(progress, followed, { printed, columns: isOnTerminal ? ctx.terminal.columns : undefined });
    }
    if (advice !== undefined && !quiet && event.type === "failure" && (json || printed.isNew(advice))) {
      progress.say(hintLines(advice).join(), { type: "advice", step: event.run.step, advice });
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

/** Remembers causes and advice that were printed, so that those of further steps are not printed again. */
function openPrintedTexts() {
  const texts = new Set<string>();
  return { isNew: (text: string) => texts.size < texts.add(text).size };
}

interface Shown {
  readonly printed: ReturnType<typeof openPrintedTexts>;
  readonly columns: number | undefined;
}

/** Prints an event. With `logs`, the end of a failed step's log was already printed. */
function show(progress: Progress, { event, logs, failedNode }: FollowedEvent, shown: Shown): void {
  if (event.type === "warnings") return progress.warn(...event.warnings);
  const text = followLine(event, { logs, failedNode, ...shown });
  if (text !== undefined) progress.say(text, dataOf(event));
}

function followLine(
  event: Exclude<FollowedEvent["event"], { type: "warnings" }>,
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

/** The step's name takes at most this part of a terminal's width. */
const NAME_SHARE = 0.3;

/**
 * Prefixes each line with its step, and with the process number for steps with several processes.
 *
 * @param columns Width of the terminal, on which long names are shortened in the middle.
 */
export function prefixed(
  { step, file, text }: Pick<Extract<FollowEvent, { type: "log" }>, "step" | "file" | "text">,
  columns?: number,
): string {
  const process = /std_log_process_0*(\d+)\.txt$/.exec(file)?.[1];
  const name = columns === undefined ? step : cutMiddle(step, Math.floor(columns * NAME_SHARE));
  const who = process === undefined ? name : `${name}[${process}]`;
  return readableLog(text).replace(/^/gm, `${who} │ `);
}

/** A log as people read it: in whole lines and with short paths. */
export function readableLog(text: string): string {
  return noCommands(withShortPaths(withoutRich(linesOf(text).join("\n"))));
}

/** Opens the table of one job without drawing it. */
export function openLiveTable(
  { terminal, clock }: Pick<Context, "terminal" | "clock">,
  board: Board,
  { name, title, share = 1 }: {
    readonly name: string;
    readonly title: string;
    /** Fraction of the terminal's height that it may take (default: 1). */
    readonly share?: number;
  },
) {
  const startedAt = clock.now().getTime();
  const lines = (columns: number, rows: number) => {
    const now = clock.now();
    const steps = board.steps();
    const since = Math.min(startedAt, ...steps.flatMap((step) => step.startedAt?.getTime() ?? []));
    const elapsedMs = board.durationMs() ?? now.getTime() - since;
    const job = { title, status: board.status(), steps, elapsedMs };
    const drawn = liveLines(job, { columns, rows, now });
    return terminal.color ? drawn.map(paint) : drawn;
  };
  let last: readonly string[] = [];
  return {
    draw: () => terminal.pin(name, ({ columns, rows }) => last = lines(columns, Math.floor(rows * share))),
    /** Moves the table into the scrollback. */
    async close() {
      await terminal.pin(name);
      terminal.err(last.join("\n") + "\n");
    },
  };
}

/** Whether an event is printed above the table because the table does not show it. */
function isPrintedAbove({ type }: FollowEvent): boolean {
  return type === "log" || type === "failure" || type === "warnings";
}

/**
 * Renders a job with its steps in graph order, in as many lines as fit. If not all steps fit, failed ones are shown
 * first, then running and starting ones, then the most recently completed; waiting ones and the rest are summarized.
 */
export function liveLines(job: {
  readonly title: string;
  readonly status: string;
  readonly steps: readonly StepState[];
  /** Milliseconds since following started. */
  readonly elapsedMs: number;
}, { columns, rows, now }: {
  readonly columns: number;
  readonly rows: number;
  readonly now: Date;
}): string[] {
  const width = columns - 1;
  const { title, status, steps, elapsedMs } = job;
  const done = steps.filter((step) => step.status === "Completed").length;
  const head = `  ${status || "Loading"}, ${done} of ${countText(steps.length, "step")}, ${
    durationText(elapsedMs)
  }: ${title}`;
  const places = Math.max(0, rows - 1);
  if (steps.length <= places) return [cut(head, width), ...tableOf(steps, width, now)];
  if (places === 0) return [cut(head, width)];
  const shown = new Set(
    steps.filter(({ status }) => status !== WAITING).sort((a, b) =>
      urgency(a) - urgency(b) || endOf(b) - endOf(a)
    ).slice(0, places - 1),
  );
  const hidden = steps.filter((step) => !shown.has(step));
  const table = tableOf(steps.filter((step) => shown.has(step)), width, now);
  return [cut(head, width), ...table, cut(`  … ${restText(hidden)}`, width)];
}

/** Sort key for the steps that get a line: failed, running, starting, then completed. */
function urgency({ status }: StepState): number {
  if (markOf(status) === "✗") return 0;
  if (status === "Completed") return 3;
  return isRunning(status) ? 1 : 2;
}

function endOf({ status, endedAt }: StepState): number {
  return status === "Completed" ? endedAt?.getTime() ?? 0 : 0;
}

function restText(hidden: readonly StepState[]): string {
  const counts = new Map<string, number>();
  for (const { status } of hidden) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status.toLowerCase()}`);
  return `${hidden.length} more: ${parts.join(", ")}`;
}

/** On narrow terminals, the compute is left out first, then the duration; then names are shortened. */
function tableOf(steps: readonly StepState[], width: number, now: Date): string[] {
  const rows = steps.map((step) => cellsOf(step, now));
  for (let cells = 4; cells > 2; cells--) {
    const lines = lay(rows.map((row) => row.slice(0, cells)), LABEL);
    if (lines.every((line) => [...line].length <= width)) return lines;
  }
  const widest = Math.max(0, ...steps.map(({ status }) => status.length));
  return lay(rows.map((row) => row.slice(0, 2)), Math.max(8, width - widest - 4)).map((line) =>
    cut(line, width)
  );
}

/** Most characters of a step's name that are shown. */
const LABEL = 60;

function lay(rows: readonly (readonly string[])[], longest: number): string[] {
  const text = tableText(rows.map(([label = "", ...rest]) => [cut(label, longest), ...rest]));
  return text.split("\n").slice(0, -1);
}

function cellsOf({ label, status, startedAt, endedAt, compute, nodes }: StepState, now: Date): string[] {
  const tookMs = startedAt && Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime());
  const mark = status === "Running" ? "▸" : markOf(status);
  return [
    `${mark} ${label}${nodeText(nodes)}`,
    status.padEnd("Completed".length),
    (tookMs === undefined ? "" : tookMs < 500 ? "0 s" : durationText(tookMs)).padEnd("10 min 10 s".length),
    compute ?? "",
  ];
}

/** The node that runs or failed, of a step that runs several, such as `: train (2 of 3)`. */
function nodeText(nodes: StepState["nodes"] = []): string {
  const index = nodes.findIndex(({ status }) => status !== "Completed" && status !== WAITING);
  return index < 0 ? "" : `: ${nodes[index]!.name} (${index + 1} of ${nodes.length})`;
}
