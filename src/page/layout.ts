import dagre from "@dagrejs/dagre";
import { type EdgeView, type GraphView, NODE } from "./view.ts";

/** The part of a step that the layout needs. */
export interface LaidOutStep {
  readonly key: string;
  readonly needs: readonly string[];
}

const MARGIN = 24;
const GAP = { across: 28, down: 56 } as const;
/** Above this number of steps, a faster ranking is used. */
const FAST_ABOVE = 250;
/** Limits for dagre in steps, rows, and rows crossed by lines; beyond them it is too slow or overflows. */
const MOST = { steps: 600, rows: 300, crossed: 1200 } as const;

/** Lays out steps from top to bottom, each below the steps that it depends on. Pure. */
export function layOut(steps: readonly LaidOutStep[]): GraphView {
  if (steps.length === 0) return { width: 0, height: 0, at: [], edges: [] };
  const index = new Map(steps.map(({ key }, at) => [key, at]));
  const lines = steps.flatMap(({ key, needs }, to) =>
    [...new Set(needs)].flatMap((need) => {
      const from = index.get(need);
      return from === undefined || need === key ? [] : [{ from, to }];
    })
  );
  const rows = rowsOf(steps.length, lines);
  const crossed = lines.reduce((sum, { from, to }) => sum + Math.abs(rows[to]! - rows[from]!) - 1, 0);
  const isSmall = steps.length <= MOST.steps && crossed <= MOST.crossed &&
    rows.every((row) => row < MOST.rows);
  return isSmall ? withDagre(steps.length, lines) : inRows(rows, lines);
}

type Line = Pick<EdgeView, "from" | "to">;

function withDagre(count: number, lines: readonly Line[]): GraphView {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({
    rankdir: "TB",
    nodesep: GAP.across,
    ranksep: GAP.down,
    marginx: MARGIN,
    marginy: MARGIN,
    ranker: count > FAST_ABOVE ? "tight-tree" : "network-simplex",
  });
  for (let at = 0; at < count; at++) graph.setNode(String(at), { ...NODE });
  for (const { from, to } of lines) graph.setEdge(String(from), String(to), {});
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    at: Array.from({ length: count }, (_, at) => {
      const { x, y } = graph.node(String(at)) as Point;
      return [Math.round(x - NODE.width / 2), Math.round(y - NODE.height / 2)] as const;
    }),
    edges: lines.map(({ from, to }) => {
      const { points } = graph.edge(String(from), String(to)) as { points: readonly Point[] };
      return { from, to, points: points.flatMap(({ x, y }) => [Math.round(x), Math.round(y)]) };
    }),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Places each step in the row below the lowest step that it depends on, close to its neighbors. */
function inRows(rows: readonly number[], lines: readonly Line[]): GraphView {
  const columns = columnsOf(rows, lines);
  const at = rows.map((row, one) =>
    [
      Math.round(MARGIN + columns[one]! * (NODE.width + GAP.across)),
      MARGIN + row * (NODE.height + GAP.down),
    ] as const
  );
  const [right, down] = [0, 1].map((part) => at.reduce((most, one) => Math.max(most, one[part]!), 0));
  return {
    width: right! + NODE.width + MARGIN,
    height: down! + NODE.height + MARGIN,
    at,
    edges: lines.map(({ from, to }) => {
      const [start, end] = [at[from]!, at[to]!];
      const half = NODE.width / 2;
      return { from, to, points: [start[0] + half, start[1] + NODE.height, end[0] + half, end[1]] };
    }),
  };
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
  for (const [one, row] of rows.entries()) (byRow[row] ??= []).push(one);
  const columns = Array<number>(rows.length).fill(0);
  for (const row of byRow) row.forEach((one, place) => columns[one] = place - row.length / 2);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 === 0 ? byRow : byRow.toReversed()) {
      const wanted = new Map(row.map((one) => [one, middle(bound[one]!, columns) ?? columns[one]!]));
      row.sort((one, other) => wanted.get(one)! - wanted.get(other)!);
      const mean = row.reduce((sum, one) => sum + wanted.get(one)!, 0) / row.length;
      row.forEach((one, place) => columns[one] = mean + place - (row.length - 1) / 2);
    }
  }
  const least = columns.reduce((one, other) => Math.min(one, other), Infinity);
  return columns.map((column) => column - least);
}

function middle(of: readonly number[], columns: readonly number[]): number | undefined {
  return of.length === 0 ? undefined : of.reduce((sum, one) => sum + columns[one]!, 0) / of.length;
}

/** Computes rows without recursion. Azure ML rejects cycles; steps in one anyway stay in the first rows. */
function rowsOf(count: number, lines: readonly Line[]): number[] {
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
