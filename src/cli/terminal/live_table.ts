import type { Board } from "../../app/step_board.ts";
import type { FollowEvent } from "../../azureml/runs/follow.ts";
import type { Context } from "../../core/context.ts";
import { isCi } from "../../core/env_vars.ts";
import { countText, durationText } from "../../core/format.ts";
import { isRunning, type StepState, WAITING } from "../../core/run.ts";
import { cut, markOf, paint } from "../text/render.ts";
import { tableText } from "../text/table.ts";

interface LiveTable {
  draw(): Promise<void>;
  /** Moves the table into the scrollback. */
  close(): Promise<void>;
}

/** Whether lines can be redrawn: on a terminal, outside CI, without `--json`. */
export function isLive({ terminal, env }: Pick<Context, "terminal" | "env">, json = false): boolean {
  return terminal.columns !== undefined && !json && !isCi(env) && env.TERM !== "dumb";
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
): LiveTable {
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
    async close() {
      await terminal.pin(name);
      terminal.err(last.join("\n") + "\n");
    },
  };
}

/** Whether an event is printed above the table because the table does not show it. */
export function isPrintedAbove({ type }: FollowEvent): boolean {
  return type === "log" || type === "failure" || type === "warning";
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

/** When a completed step ended. */
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
