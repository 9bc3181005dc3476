import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../src/page/graph_layout.ts";
import { layOutRows } from "../../src/page/graph_rows.ts";
import { NODE } from "../../src/page/view.ts";

function chain(count: number) {
  return Array.from({ length: count }, (_, at) => ({ key: `s${at}`, needs: at === 0 ? [] : [`s${at - 1}`] }));
}

/** Creates layers of steps, each of which needs two of the layer above. */
function layers(count: number, width: number) {
  return Array.from({ length: count }, (_, at) => ({
    key: `s${at}`,
    needs: at < width ? [] : [`s${at - width}`, `s${at - width - at % width + (at * 7) % width}`],
  }));
}

Deno.test("layOut() places each step below the steps it needs, without overlaps", () => {
  for (const steps of [chain(9), layers(60, 6), layers(900, 30), layers(5000, 50), chain(3000)]) {
    const { at, width, height, edges } = layOut(steps);
    equal(at.length, steps.length);
    for (const { from, to } of edges) ok(at[from]![1] + NODE.height < at[to]![1]);
    for (const [x, y] of at) ok(x >= 0 && y >= 0 && x + NODE.width <= width && y + NODE.height <= height);
    const rows = Map.groupBy(at, ([, y]) => y);
    for (const row of rows.values()) {
      const sorted = row.map(([x]) => x).sort((a, b) => a - b);
      ok(sorted.every((x, place) => place === 0 || x - sorted[place - 1]! >= NODE.width), "steps overlap");
    }
  }
});

Deno.test("layOut() returns the same layout each time", () => {
  deepEqual(layOut(layers(60, 6)), layOut(layers(60, 6)));
});

/** A chain of 50 steps that all need the first one, too, and a last line: it crosses 1,176 rows and those. */
function crossing(more: number) {
  return chain(50).map(({ key, needs }, at) => ({
    key,
    needs: [...needs, ...(at > 1 ? ["s0"] : []), ...(at === more + 2 ? ["s1"] : [])],
  }));
}

for (
  const [what, most, steps] of [
    ["300 rows", chain(300), chain(301)],
    ["600 steps", layers(600, 6), layers(601, 6)],
    ["14 steps in a row", layers(28, 14), layers(30, 15)],
    ["1,200 rows crossed by lines", crossing(24), crossing(25)],
  ] as const
) {
  Deno.test(`layOut() uses dagre for up to ${what}, and the faster layOutRows() for more`, () => {
    deepEqual(layOut(steps), layOutRows(steps));
    ok(JSON.stringify(layOut(most)) !== JSON.stringify(layOutRows(most)));
  });
}

Deno.test("layOut() accepts cycles and ignores missing steps", () => {
  const { at, edges } = layOut([
    { key: "a", needs: ["b", "a", "none"] },
    { key: "b", needs: ["a"] },
  ]);
  equal(at.length, 2);
  deepEqual(edges.map(({ from, to }) => [from, to]), [[1, 0], [0, 1]]);
});

Deno.test("layOut() returns an empty layout without steps", () => {
  deepEqual(layOut([]), { width: 0, height: 0, at: [], edges: [] });
});

Deno.test("layOut() returns a layout as large as its steps and their margins", () => {
  const { width, height, at } = layOut(chain(1));
  const [[x, y]] = at as [readonly [number, number]];
  deepEqual([width - NODE.width, height - NODE.height], [2 * x, 2 * y]);
});
