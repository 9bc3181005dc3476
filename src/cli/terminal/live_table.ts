import type { FollowEvent } from "../../azureml/service/history/follow_event.ts";
import type { Context } from "../../core/context.ts";
import { isCi } from "../../core/env_vars.ts";
import type { Board } from "../../app/step_board.ts";
import { liveLines } from "./live_table_rows.ts";
import { paint } from "../text/paint.ts";

/** A table of a job's steps at the bottom of the terminal. */
export interface LiveTable {
  /** Redraws the table. */
  draw(): Promise<void>;
  /** Moves the table into the scrollback. */
  close(): Promise<void>;
}

/** Options of a table. */
export interface LiveTableOptions {
  /** Name in Azure ML. */
  readonly name: string;
  /** Title of the job. */
  readonly title: string;
  /** Fraction of the terminal's height that it may take (default: 1). */
  readonly share?: number;
}

/** Whether lines can be redrawn: on a terminal, outside CI, without `--json`. */
export function isLive({ terminal, env }: Pick<Context, "terminal" | "env">, json = false): boolean {
  return terminal.columns !== undefined && !json && !isCi(env) && env.TERM !== "dumb";
}

/** Opens the table of one job without drawing it. */
export function openLiveTable(
  { terminal, clock }: Pick<Context, "terminal" | "clock">,
  board: Board,
  { name, title, share = 1 }: LiveTableOptions,
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
