import { type EdgeView, type GraphView, NODE } from "./view.ts";

/** The part of a step that the layout needs. */
export interface LaidOutStep {
  readonly key: string;
  readonly needs: readonly string[];
}

/** A line from one step to another, by their indexes. */
export type Line = Pick<EdgeView, "from" | "to">;

export const MARGIN = 24;
export const GAP = { across: 28, down: 56 } as const;
/** Steps side by side in one row; a longer row is wrapped. */
export const MOST_ACROSS = 14;
/** Pixels between the lines of a wrapped row. */
const WRAPPED = 20;

/** The lines between steps. */
export function edgesBetween(steps: readonly LaidOutStep[]): readonly Line[] {
  const index = new Map(steps.map(({ key }, at) => [key, at]));
  return steps.flatMap(({ key, needs }, to) =>
    [...new Set(needs)].flatMap((need) => {
      const from = index.get(need);
      return from === undefined || need === key ? [] : [{ from, to }];
    })
  );
}

/** Lays out steps in rows, each below the steps that it depends on. Fast for any number of steps. Pure. */
export function layOutRows(steps: readonly LaidOutStep[]): GraphView {
  if (steps.length === 0) return { width: 0, height: 0, at: [], edges: [] };
  const lines = edgesBetween(steps);
  return inRows(rowsOf(steps.length, lines), lines);
}

/** Places each step in the row below the lowest step that it depends on, close to its neighbors. */
export function inRows(rows: readonly number[], lines: readonly Line[]): GraphView {
  const { columns, tops } = wrapped(rows, columnsOf(rows, lines), lines);
  const at = columns.map((column, step) =>
    [Math.round(MARGIN + column * (NODE.width + GAP.across)), MARGIN + tops[step]!] as const
  );
  const [right, down] = [0, 1].map((part) => at.reduce((most, place) => Math.max(most, place[part]!), 0));
  return {
    width: right! + NODE.width + MARGIN,
    height: down! + NODE.height + MARGIN,
    at,
    edges: lines.map((line) => ({ ...line, points: [] })),
  };
}

/** Wraps rows that are too long, each around the middle of the steps above it; `tops` are in pixels. */
function wrapped(rows: readonly number[], columns: readonly number[], lines: readonly Line[]) {
  const byRow = [...Map.groupBy(rows.keys(), (step) => rows[step]!)].sort(([row], [next]) => row - next);
  const isWide = byRow.some(([, row]) => row.length > MOST_ACROSS);
  if (!isWide) return { columns, tops: rows.map((row) => row * (NODE.height + GAP.down)) };
  const above: number[][] = rows.map(() => []);
  for (const { from, to } of lines) above[to]!.push(from);
  const [placed, tops]: [number[], number[]] = [[...columns], []];
  let top = 0;
  for (const [, row] of byRow) {
    row.sort((step, other) => columns[step]! - columns[other]!);
    const parents = row.flatMap((step) => middle(above[step]!, placed) ?? []);
    const center = parents.length === 0
      ? 0
      : parents.reduce((sum, column) => sum + column, 0) / parents.length;
    const count = Math.ceil(row.length / Math.max(MOST_ACROSS, Math.ceil(Math.sqrt(row.length / 2))));
    const across = Math.ceil(row.length / count);
    for (let line = 0; line < count; line++) {
      const part = row.slice(line * across, (line + 1) * across);
      part.forEach((step, place) => {
        placed[step] = center + place - (part.length - 1) / 2;
        tops[step] = top;
      });
      top += NODE.height + (line < count - 1 ? WRAPPED : GAP.down);
    }
  }
  const least = placed.reduce((least, column) => Math.min(least, column), Infinity);
  return { columns: placed.map((column) => column - least), tops };
}

const SWEEPS = 8;

/** Computes columns, as fractions, by moving each step toward its neighbors in sweeps up and down. */
function columnsOf(rows: readonly number[], lines: readonly Line[]): number[] {
  const bound: number[][] = rows.map(() => []);
  for (const { from, to } of lines) {
    bound[from]!.push(to);
    bound[to]!.push(from);
  }
  const byRow: number[][] = [];
  for (const [step, row] of rows.entries()) (byRow[row] ??= []).push(step);
  const columns: number[] = [];
  for (const row of byRow) row.forEach((step, place) => columns[step] = place - row.length / 2);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? byRow : byRow.toReversed()) {
      const wanted = new Map(row.map((step) => [step, middle(bound[step]!, columns) ?? columns[step]!]));
      row.sort((step, other) => wanted.get(step)! - wanted.get(other)!);
      const mean = row.reduce((sum, step) => sum + wanted.get(step)!, 0) / row.length;
      row.forEach((step, place) => columns[step] = mean + place - (row.length - 1) / 2);
    }
  }
  const least = columns.reduce((least, column) => Math.min(least, column), Infinity);
  return columns.map((column) => column - least);
}

function middle(of: readonly number[], columns: readonly number[]): number | undefined {
  return of.length === 0 ? undefined : of.reduce((sum, step) => sum + columns[step]!, 0) / of.length;
}

/** Computes rows, from the top, without recursion. Azure ML rejects cycles; steps in one anyway stay in the first rows. */
export function rowsOf(count: number, lines: readonly Line[]): number[] {
  const rows = Array<number>(count).fill(0);
  const waits = Array<number>(count).fill(0);
  const below: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of lines) {
    below[from]!.push(to);
    waits[to]!++;
  }
  const ready = waits.flatMap((left, at) => left === 0 ? [at] : []);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const to of below[next]!) {
      rows[to] = Math.max(rows[to]!, rows[next]! + 1);
      if (--waits[to]! === 0) ready.push(to);
    }
  }
  return rows;
}
