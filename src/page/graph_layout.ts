import dagre from "@dagrejs/dagre";
import { type BoxView, type EdgeView, type GraphView, NODE } from "./view.ts";
import { inRows, type Line, rowsOf } from "./graph_rows.ts";

interface LaidOutNode {
  readonly key: string;
  readonly needs: readonly string[];
  /** The boxes that it is in, from the outermost. */
  readonly boxes?: readonly string[] | undefined;
}

/** Orders names so that `step_5` comes before `step_49`. */
export const { compare: compareNames } = new Intl.Collator("en", { numeric: true });

/** Between the tops of boxes in boxes is half of the space between rows, where their names must fit. */
const GAP = { across: 28, down: 44, downInBoxes: 52 } as const;
const MARGIN = 24;
/** Space in a box around its nodes; at the top is its name. */
const PADDING = { across: 14, top: 28, bottom: 14 } as const;
/** Width of a graph of several parts, as a multiple of its height. */
const ASPECT = 2.2;
const LINE = 10;
/** Limits for dagre in nodes, rows, and rows crossed by lines; beyond them it is too slow or overflows. */
const MOST = { nodes: 300, rows: 250, crossed: 1200 } as const;
/** Above this number of nodes, a faster ranking is used. */
const FAST_ABOVE = 100;

/** A part of a graph that has been laid out, from its own upper left corner; indexes are those of the whole graph. */
interface Part {
  readonly width: number;
  readonly height: number;
  readonly at: readonly (readonly [node: number, x: number, y: number])[];
  readonly edges: readonly EdgeView[];
  readonly boxes: readonly BoxView[];
}

/**
 * Lays out nodes from top to bottom, each below those that it depends on, and no line behind one. What is not
 * connected is laid out on its own. Pure.
 */
export function layOut(nodes: readonly LaidOutNode[]): GraphView {
  const order = [...nodes.keys()].sort((one, other) => compareNames(nodes[one]!.key, nodes[other]!.key));
  const part = packed(partsOf(nodes, order, linesBetween(nodes), 0));
  const at: (readonly [number, number])[] = [];
  for (const [node, x, y] of part.at) at[node] = [x + MARGIN, y + MARGIN];
  const { edges, boxes } = moved(part, MARGIN, MARGIN);
  return {
    width: part.width === 0 ? 0 : part.width + 2 * MARGIN,
    height: part.height === 0 ? 0 : part.height + 2 * MARGIN,
    at,
    edges,
    ...boxes.length > 0 && { boxes },
  };
}

function linesBetween(nodes: readonly LaidOutNode[]): readonly Line[] {
  const index = new Map(nodes.map(({ key }, at) => [key, at]));
  return nodes.flatMap(({ key, needs }, to) =>
    [...new Set(needs)].flatMap((need) => {
      const from = index.get(need);
      return from === undefined || need === key ? [] : [{ from, to }];
    })
  );
}

/** Lays out each connected part; nodes in one box are connected by it. @param depth How many boxes are around all. */
function partsOf(
  nodes: readonly LaidOutNode[],
  own: readonly number[],
  lines: readonly Line[],
  depth: number,
): readonly Part[] {
  const leaders = new Map<number | string, number | string>();
  const leaderOf = (of: number | string): number | string => {
    let leader = of;
    for (let next; (next = leaders.get(leader)) !== undefined;) leader = next;
    if (leader !== of) leaders.set(of, leader);
    return leader;
  };
  const join = (one: number | string, other: number | string) => {
    const [first, second] = [leaderOf(one), leaderOf(other)];
    if (first !== second) leaders.set(second, first);
  };
  for (const { from, to } of lines) join(from, to);
  for (const node of own) {
    const box = nodes[node]!.boxes?.[depth];
    if (box !== undefined) join(node, box);
  }
  const linesOf = Map.groupBy(lines, ({ from }) => leaderOf(from));
  return [...Map.groupBy(own, leaderOf)].map(([leader, members]) => {
    const inner = linesOf.get(leader) ?? [];
    const box = nodes[members[0]!]!.boxes?.[depth];
    if (box === undefined || members.some((node) => nodes[node]!.boxes?.[depth] !== box)) {
      return laidOut(nodes, members, inner, depth);
    }
    const part = packed(partsOf(nodes, members, inner, depth + 1));
    const [width, height] = [
      part.width + 2 * PADDING.across,
      part.height + PADDING.top + PADDING.bottom,
    ];
    const placed = moved(part, PADDING.across, PADDING.top);
    return { ...placed, width, height, boxes: [{ key: box, x: 0, y: 0, width, height }, ...placed.boxes] };
  });
}

/** Puts parts side by side in rows, large ones first. */
function packed(parts: readonly Part[]): Part {
  const area = parts.reduce((sum, { width, height }) => sum + (width + GAP.across) * (height + GAP.down), 0);
  const most = parts.reduce((most, { width }) => Math.max(most, width), Math.sqrt(area * ASPECT));
  const placed: Part[] = [];
  let [x, top, bottom, width] = [0, 0, 0, 0];
  for (const part of parts.toSorted((one, other) => other.at.length - one.at.length)) {
    if (x > 0 && x + part.width > most) [x, top] = [0, bottom + GAP.down];
    placed.push(moved(part, x, top));
    width = Math.max(width, x + part.width);
    bottom = Math.max(bottom, top + part.height);
    x += part.width + GAP.across;
  }
  return {
    width,
    height: bottom,
    at: placed.flatMap(({ at }) => at),
    edges: placed.flatMap(({ edges }) => edges),
    boxes: placed.flatMap(({ boxes }) => boxes),
  };
}

function moved(part: Part, right: number, down: number): Part {
  return {
    ...part,
    at: part.at.map(([node, x, y]) => [node, x + right, y + down]),
    edges: part.edges.map((edge) => ({
      ...edge,
      points: edge.points.map((value, place) => value + (place % 2 === 0 ? right : down)),
    })),
    boxes: part.boxes.map((box) => ({ ...box, x: box.x + right, y: box.y + down })),
  };
}

function laidOut(
  nodes: readonly LaidOutNode[],
  own: readonly number[],
  lines: readonly Line[],
  depth: number,
): Part {
  const place = new Map(own.map((node, at) => [node, at]));
  const local = lines.map(({ from, to }) => ({ from: place.get(from)!, to: place.get(to)! }));
  const rows = rowsOf(own.length, local);
  const crossed = local.reduce((sum, { from, to }) => sum + Math.abs(rows[to]! - rows[from]!) - 1, 0);
  const isSmall = own.length <= MOST.nodes && crossed <= MOST.crossed && rows.every((row) => row < MOST.rows);
  const { width, height, at, edges, boxes = [] } = inReadingOrder(
    isSmall
      ? withDagre(own.map((node) => nodes[node]!.boxes?.slice(depth) ?? []), local)
      : inRows(rows, local, GAP),
  );
  return {
    width,
    height,
    at: at.map(([x, y], index) => [own[index]!, x, y] as const),
    edges: edges.map((edge, index) => ({ ...edge, ...lines[index]! })),
    boxes,
  };
}

/** Mirrors a layout if that puts more nodes in the order in which they are read; the nodes are in that order. */
function inReadingOrder(graph: GraphView): GraphView {
  const rows = Map.groupBy(graph.at, ([, y]) => y).values();
  const rising = [...rows].flatMap((row) => row.slice(1).map(([x], at) => Math.sign(x - row[at]![0])));
  if (rising.reduce((sum, sign) => sum + sign, 0) >= 0) return graph;
  const { width, at, edges, boxes = [] } = graph;
  return {
    ...graph,
    at: at.map(([x, y]) => [width - NODE.width - x, y]),
    edges: edges.map((edge) => ({
      ...edge,
      points: edge.points.map((value, place) => place % 2 === 0 ? width - value : value),
    })),
    boxes: boxes.map((box) => ({ ...box, x: width - box.width - box.x })),
  };
}

/** Lays out connected nodes with their boxes. */
function withDagre(boxesOf: readonly (readonly string[])[], lines: readonly Line[]): GraphView {
  const hasBoxes = boxesOf.some((boxes) => boxes.length > 0);
  const graph = new dagre.graphlib.Graph({ compound: hasBoxes });
  graph.setGraph({
    rankdir: "TB",
    nodesep: GAP.across,
    ranksep: hasBoxes ? GAP.downInBoxes : GAP.down,
    ranker: boxesOf.length > FAST_ABOVE ? "tight-tree" : "network-simplex",
  });
  for (const [at, boxes] of boxesOf.entries()) {
    graph.setNode(String(at), { ...NODE });
    for (const [level, box] of [...boxes, String(at)].entries()) {
      if (level < boxes.length) graph.setNode(`box:${box}`, {});
      if (level > 0) graph.setParent(level < boxes.length ? `box:${box}` : box, `box:${boxes[level - 1]}`);
    }
  }
  for (const { from, to } of lines) graph.setEdge(String(from), String(to), {});
  dagre.layout(graph);
  const at = boxesOf.map((_, index) => cornerOf(graph.node(String(index)) as Rectangle));
  const tops = new Set(at.map(([, y]) => y));
  const boxes = [...new Set(boxesOf.flat())].map((key): BoxView => {
    const box = graph.node(`box:${key}`) as Rectangle;
    const [x, y] = cornerOf(box);
    return { key, x, y, width: Math.round(box.width), height: Math.round(box.height) };
  });
  const edges = lines.map((line) => {
    const { points } = graph.edge(String(line.from), String(line.to)) as { points: readonly Rectangle[] };
    // Between rows there is nothing that a line must avoid; through one it goes straight down.
    const rows = points.slice(1, -1).map(({ x, y }) => [Math.round(x), Math.round(y - NODE.height / 2)])
      .filter(([, top]) => tops.has(top!));
    return { ...line, points: rows.flatMap(([x, top]) => [x!, top!, x!, top! + NODE.height]) };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  // dagre does not count lines beside all nodes.
  const beside = edges.flatMap(({ points }) => points.filter((_, place) => place % 2 === 0));
  const left = beside.reduce((least, x) => Math.min(least, x - LINE), 0);
  const right = beside.reduce((most, x) => Math.max(most, x + LINE), Math.ceil(width));
  const part = { width: right - left, height: Math.ceil(height), at: [], edges, boxes };
  return {
    ...moved(part, -left, 0),
    at: at.map(([x, y]) => [x - left, y]),
  };
}

/** As dagre places it: x and y are those of its middle. */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cornerOf({ x, y, width, height }: Rectangle): readonly [number, number] {
  return [Math.round(x - width / 2), Math.round(y - height / 2)];
}
