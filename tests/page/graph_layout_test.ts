import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../src/page/graph_layout.ts";
import { edgesBetween, inRows, rowsOf } from "../../src/page/graph_rows.ts";
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

Deno.test("layOut() does not use dagre for more than 300 rows, for which it is slow", () => {
  const withoutDagre = (count: number) => {
    const lines = edgesBetween(chain(count));
    return inRows(rowsOf(count, lines), lines);
  };
  deepEqual(layOut(chain(301)), withoutDagre(301));
  ok(JSON.stringify(layOut(chain(300))) !== JSON.stringify(withoutDagre(300)));
});

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

Deno.test("layOut() is as large as its steps and their margins", () => {
  const { width, height, at } = layOut(chain(1));
  const [[x, y]] = at as [readonly [number, number]];
  deepEqual([width - NODE.width, height - NODE.height], [2 * x, 2 * y]);
});
