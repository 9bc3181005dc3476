import { deepEqual } from "node:assert/strict";
import { edgesBetween, GAP, layOutRows, MARGIN } from "../../src/page/graph_rows.ts";
import { NODE } from "../../src/page/view.ts";

type Graph = Readonly<Record<string, readonly string[]>>;

/** Lays out steps that need others; returns each step's column, in widths of a step and its gap, and its top. */
function placesOf(graph: Graph): Record<string, [column: number, top: number]> {
  const keys = Object.keys(graph);
  const { at } = layOutRows(keys.map((key) => ({ key, needs: graph[key]! })));
  const columnOf = (x: number) => Number(((x - MARGIN) / (NODE.width + GAP.across)).toFixed(2));
  return Object.fromEntries(keys.map((key, step) => [key, [columnOf(at[step]![0]), at[step]![1]]]));
}

function columnsOf(graph: Graph): Record<string, number> {
  return Object.fromEntries(Object.entries(placesOf(graph)).map(([key, [column]]) => [key, column]));
}

/** Names of steps, `n0` to the last one. */
const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`);

const [FIRST, SECOND, THIRD] = [24, 132, 240];

Deno.test("layOutRows() places a step below all steps it needs, centered between its neighbors", () => {
  deepEqual(placesOf({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] }), {
    a: [0.5, FIRST],
    b: [0, SECOND],
    c: [1, SECOND],
    d: [0.5, THIRD],
  });
  deepEqual(columnsOf({ a: [], b: ["a"], c: ["a"], d: ["b"], e: ["b"], f: ["c"], g: ["c"] }), {
    a: 1.5,
    ...{ b: 1, c: 2 },
    ...{ d: 0, e: 1, f: 2, g: 3 },
  });
});

Deno.test("edgesBetween() has one line from a step to each that needs it, and none to itself or from unknown ones", () => {
  const steps = [{ key: "a", needs: ["a", "gone"] }, { key: "b", needs: ["a", "a"] }];
  deepEqual(edgesBetween(steps), [{ from: 0, to: 1 }]);
});

Deno.test("layOutRows() orders the steps of a row so that lines do not cross", () => {
  deepEqual(columnsOf({ a: [], b: [], c: ["b"], d: ["a"] }), { a: 1, b: 0, c: 0, d: 1 });
  deepEqual(columnsOf({ a: [], b: [], c: [], d: ["c"], e: ["b"], f: ["a"], g: ["d"], h: ["f"] }), {
    ...{ a: 2, b: 1, c: 0 },
    ...{ d: 0, e: 1, f: 2 },
    ...{ g: 0.5, h: 1.5 },
  });
});

Deno.test("layOutRows() shifts rows of different lengths to shorten the lines between them", () => {
  deepEqual(columnsOf({ a: [], b: [], c: ["b"], d: ["a"], e: ["c"], f: ["c"], g: ["d"] }), {
    ...{ a: 1.69, b: 0.69 },
    ...{ c: 0.69, d: 1.69 },
    ...{ e: 0, f: 1, g: 2 },
  });
  deepEqual(columnsOf({ a: [], b: ["a"], c: ["a"], d: ["a"], e: ["d"], f: ["d"], g: ["d", "c"] }), {
    a: 1,
    ...{ b: 0, c: 2, d: 1 },
    ...{ e: 0.04, f: 1.04, g: 2.04 },
  });
});

Deno.test("layOutRows() wraps a row of more than 14 steps into even lines below their parent", () => {
  const below = (count: number) => Object.fromEntries(names(count).map((name) => [name, ["r"]]));
  const unwrapped = placesOf({ r: [], ...below(14) });
  deepEqual([unwrapped.r, unwrapped.n13], [[6.5, FIRST], [13, SECOND]]);
  const places = placesOf({ r: [], ...below(15), end: ["n0"] });
  deepEqual([places.r, places.n0, places.n7], [[3.5, FIRST], [0, SECOND], [7, SECOND]]);
  deepEqual([places.n8, places.n14, places.end], [[0.5, SECOND + 72], [6.5, SECOND + 72], [0, THIRD + 72]]);
});

Deno.test("layOutRows() wraps a row of 512 steps into 32 lines of 16", () => {
  const places = placesOf(Object.fromEntries(names(512).map((name) => [name, []])));
  deepEqual([places.n15, places.n16, places.n511], [[15, FIRST], [0, FIRST + 72], [15, FIRST + 31 * 72]]);
});

Deno.test("layOutRows() adds a margin on all sides, and returns lines without points", () => {
  const { width, height, edges } = layOutRows([{ key: "a", needs: [] }, { key: "b", needs: ["a"] }]);
  deepEqual([width, height], [NODE.width + 2 * MARGIN, 2 * NODE.height + GAP.down + 2 * MARGIN]);
  deepEqual(edges, [{ from: 0, to: 1, points: [] }]);
});

Deno.test("layOutRows() does not reorder steps if any row is too long", () => {
  const below = Object.fromEntries(names(15).map((name) => [name, ["c"]]));
  const { a, b } = columnsOf({ a: [], b: [], c: ["b"], d: ["a"], ...below });
  deepEqual([a! - b!], [1]);
});

Deno.test("layOutRows() returns an empty layout without steps", () => {
  deepEqual(layOutRows([]), { width: 0, height: 0, at: [], edges: [] });
});

Deno.test("layOutRows() leaves 28 pixels between steps and 24 around them", () => {
  deepEqual(layOutRows([{ key: "a", needs: [] }, { key: "b", needs: [] }]), {
    width: 24 + NODE.width + 28 + NODE.width + 24,
    height: 24 + NODE.height + 24,
    at: [[24, 24], [24 + NODE.width + 28, 24]],
    edges: [],
  });
});
