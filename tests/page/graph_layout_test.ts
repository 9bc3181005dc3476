import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../src/page/graph_layout.ts";
import { type GraphView, NODE } from "../../src/page/view.ts";

type LaidOutNode = Parameters<typeof layOut>[0][number];

function chain(count: number, name = "s"): LaidOutNode[] {
  return Array.from({ length: count }, (_, at) => ({
    key: `${name}${at}`,
    needs: at === 0 ? [] : [`${name}${at - 1}`],
  }));
}

/** Creates layers of nodes, each of which needs two of the layer above, and some of the first one. */
function layers(count: number, width: number): LaidOutNode[] {
  return Array.from({ length: count }, (_, at) => ({
    key: `s${at}`,
    needs: at < width ? [] : [
      `s${at - width}`,
      `s${at - width - at % width + (at * 7) % width}`,
      ...at % 5 === 0 ? [`s${at % width}`] : [],
    ],
  }));
}

/** How many nodes a line goes behind: between rows it is a curve, through one it goes straight down. */
function linesBehindNodes({ at, edges }: GraphView): number {
  return edges.filter(({ points }) =>
    at.some(([left, top]) =>
      points.some((x, place) =>
        place % 4 === 0 && x > left && x < left + NODE.width &&
        points[place + 1]! < top + NODE.height && points[place + 3]! > top
      )
    )
  ).length;
}

Deno.test("graph places each step below its inputs", () => {
  for (const nodes of [chain(9), layers(60, 6), layers(200, 20), layers(900, 30), chain(3000)]) {
    const graph = layOut(nodes);
    const { at, width, height, edges } = graph;
    equal(at.length, nodes.length);
    for (const { from, to } of edges) ok(at[from]![1] + NODE.height < at[to]![1]);
    for (const [x, y] of at) ok(x >= 0 && y >= 0 && x + NODE.width <= width && y + NODE.height <= height);
    for (const row of Map.groupBy(at, ([, y]) => y).values()) {
      const sorted = row.map(([x]) => x).sort((a, b) => a - b);
      ok(sorted.every((x, place) => place === 0 || x - sorted[place - 1]! >= NODE.width), "nodes overlap");
    }
    equal(linesBehindNodes(graph), 0);
    // A line has a part in each row that it crosses.
    const rows = [...new Set(at.map(([, y]) => y))].sort((a, b) => a - b);
    for (const { from, to, points } of edges) {
      equal(points.length / 4, rows.indexOf(at[to]![1]) - rows.indexOf(at[from]![1]) - 1);
    }
  }
});

Deno.test("graph places separate parts side by side", () => {
  const { at, width, height } = layOut(["a", "b", "c", "d"].flatMap((name) => chain(3, name)));
  for (const place of [0, 3, 6, 9]) {
    deepEqual(at.slice(place, place + 3).map(([x]) => x), Array(3).fill(at[place]![0]));
  }
  deepEqual([new Set(at.map(([x]) => x)).size, new Set(at.map(([, y]) => y)).size], [3, 6]);
  ok(width > height);
  const many = layOut(Array.from({ length: 40 }, (_, at) => ({ key: `s${at}`, needs: [] })));
  ok(many.width < 2000 && many.height < 2000, "they would not be seen in one long row");
});

Deno.test("graph places numbered steps in order", () => {
  const nodes = [10, 9, 2, 1].map((number) => ({ key: `b${number}`, needs: ["a"] }));
  const { at } = layOut([{ key: "a", needs: [] }, ...nodes, {
    key: "end",
    needs: nodes.map(({ key }) => key),
  }]);
  const [ten, nine, two, one] = at.slice(1).map(([x]) => x) as [number, number, number, number];
  ok(one < two && two < nine && nine < ten);
});

Deno.test("graph draws a namespace around its own steps only", () => {
  const boxed = (nodes: readonly LaidOutNode[], ...boxes: string[]) =>
    nodes.map((node) => ({ ...node, boxes }));
  const nodes: LaidOutNode[] = [
    ...chain(2, "a"),
    { key: "x0", needs: ["a1"], boxes: ["x"] },
    ...boxed([{ key: "y0", needs: ["x0"] }, { key: "y1", needs: ["x0"] }], "x", "y"),
    { key: "end", needs: ["y0", "a0"] },
    ...boxed([...chain(3, "b"), ...chain(3, "c")], "z"),
  ];
  const { at, boxes } = layOut(nodes);
  deepEqual(boxes!.map(({ key }) => key), ["x", "y", "z"]);
  for (const { key, x, y, width, height } of boxes!) {
    for (const [index, [left, top]] of at.entries()) {
      const isInside = left >= x && top >= y && left + NODE.width <= x + width &&
        top + NODE.height <= y + height;
      equal(isInside, nodes[index]!.boxes?.includes(key) ?? false, `${nodes[index]!.key} in ${key}`);
    }
  }
});

Deno.test("graph draws only the ends of long lines", () => {
  const nodes = chain(600).map(({ key, needs }, at) => ({
    key,
    needs: at % 2 === 0 ? [...needs, "s0"] : needs,
  }));
  const far = layOut(nodes).edges.filter(({ isFar }) => isFar);
  ok(far.length > 0 && far.length < 300);
  ok(far.every(({ points }) => points.length === 0));
});
