import type { FollowEvent } from "../../azureml/history/follow_event.ts";
import type { Context } from "../../core/context.ts";
import type { Board } from "../../app/step_board.ts";
import { liveLines } from "./live_rows.ts";
import { paint } from "../text/paint.ts";

/** The table of a job's steps at the foot of a terminal. */
export interface LiveTable {
  /** Draws it anew. */
  draw(): Promise<void>;
  /** Leaves it in the scrollback as it is, and nothing at the foot. */
  close(): Promise<void>;
}

/** What table is opened. */
export interface LiveTableOptions {
  /** The job's name in Azure ML. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The part of the height that it may take; all where absent. */
  readonly share?: number;
}

/** Whether there is a terminal on which lines can be drawn again and again. */
export function isLive({ terminal, env }: Pick<Context, "terminal" | "env">, json = false): boolean {
  return terminal.columns !== undefined && !json && !env.CI && env.TERM !== "dumb";
}

/** Opens the table of one job; nothing is drawn yet. */
export function openLiveTable(
  { terminal, clock }: Pick<Context, "terminal" | "clock">,
  board: Board,
  { name, title, share = 1 }: LiveTableOptions,
): LiveTable {
  const startedAt = clock.now().getTime();
  const lines = (columns: number, rows: number) => {
    const now = clock.now();
    const job = { title, status: board.status(), steps: board.steps(), elapsedMs: now.getTime() - startedAt };
    const drawn = liveLines(job, { columns, rows, now });
    return terminal.color ? drawn.map(paint) : drawn;
  };
  let last: readonly string[] = [];
  return {
    draw: () =>
      terminal.pin(name, ({ columns, rows }) => last = lines(columns, Math.max(1, Math.floor(rows * share)))),
    async close() {
      await terminal.pin(name);
      if (last.length > 0) terminal.err(last.join("\n") + "\n");
      last = [];
    },
  };
}

/** What the table does not show by itself, and so is said above it. */
export function isSaidAbove({ type }: FollowEvent): boolean {
  return type === "log" || type === "failure" || type === "warning";
}
