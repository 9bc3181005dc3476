import dagre from "@dagrejs/dagre";
import {
  edgesBetween,
  GAP,
  inRows,
  type LaidOutStep,
  type Line,
  MARGIN,
  MOST_ACROSS,
  rowsOf,
} from "./graph_rows.ts";
import { type GraphView, NODE } from "./view.ts";

/** Above this number of steps, a faster ranking is used. */
const FAST_ABOVE = 250;
/** Limits for dagre in steps, rows, and rows crossed by lines; beyond them it is too slow or overflows. */
const MOST = { steps: 600, rows: 300, crossed: 1200 } as const;

/** Lays out steps from top to bottom, each below the steps that it depends on. Pure. */
export function layOut(steps: readonly LaidOutStep[]): GraphView {
  if (steps.length === 0) return { width: 0, height: 0, at: [], edges: [] };
  const lines = edgesBetween(steps);
  const rows = rowsOf(steps.length, lines);
  const crossed = lines.reduce((sum, { from, to }) => sum + Math.abs(rows[to]! - rows[from]!) - 1, 0);
  const isSmall = steps.length <= MOST.steps && crossed <= MOST.crossed &&
    rows.every((row) => row < MOST.rows) && widest(rows) <= MOST_ACROSS;
  return isSmall ? withDagre(steps.length, lines) : inRows(rows, lines);
}

/** The number of steps in the largest row. */
function widest(rows: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return Math.max(...counts.values());
}

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
