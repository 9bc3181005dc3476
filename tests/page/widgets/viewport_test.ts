import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import {
  centered,
  DETAILED,
  firstLook,
  fitted,
  isReadable,
  neighbor,
  nodesIn,
  pointAt,
  sheetOf,
  showing,
  textScale,
  zoomed,
} from "../../../src/page/widgets/viewport.ts";
import { type GraphView, NODE } from "../../../src/page/view.ts";

const SIZE = { width: 800, height: 500 };
const DIAMOND = layOut([
  { key: "top", needs: [] },
  { key: "left", needs: ["top"] },
  { key: "right", needs: ["top"] },
  { key: "end", needs: ["left", "right"] },
]);
const WIDE = layOut([
  { key: "s", needs: [] },
  ...Array.from({ length: 200 }, (_, at) => ({ key: `n${at}`, needs: ["s"] })),
]);
const START = { left: 0, top: 0, scale: 1 };

function graph(width: number, height: number): GraphView {
  return { ...DIAMOND, width, height };
}

Deno.test("firstLook() shows all of a small graph, and of a large one a part whose text can be read", () => {
  deepEqual(firstLook(DIAMOND, SIZE, 0), START);
  const large = firstLook(WIDE, SIZE, 0);
  equal(large.scale, 1);
  ok(isReadable(WIDE, SIZE, large, WIDE.at[0]!), "the first node");
  const last = firstLook(WIDE, SIZE, 200);
  ok(isReadable(WIDE, SIZE, last, WIDE.at[200]!), "the chosen node");
  ok(last.left <= WIDE.width - SIZE.width, "no space is free beside the graph");
});

Deno.test("fitted() has room for the buttons below the graph, and does not enlarge it", () => {
  equal(fitted(graph(400, 100), SIZE), 1);
  equal(fitted(graph(1600, 100), SIZE), 0.5);
  equal(fitted(graph(800, 904), SIZE), 0.5);
  equal(fitted(graph(100, 100), { width: 800, height: 10 }), 0.01);
});

Deno.test("zoomed() keeps the point under the pointer in place, between the whole graph and a scale of 2", () => {
  const at = [100, 200] as const;
  const large = graph(3000, 3000);
  const before = { left: 700, top: 800, scale: 1 };
  const after = zoomed(large, SIZE, before, 1.5, at);
  deepEqual(pointAt(large, SIZE, after, at), pointAt(large, SIZE, before, at));
  equal(zoomed(large, SIZE, before, 1000, at).scale, 2);
  equal(zoomed(large, SIZE, before, 0.001, at).scale, fitted(large, SIZE));
  equal(zoomed(large, SIZE, { ...before, scale: 0.05 }, 0.5, at).scale, 0.05, "a smaller one is kept");
});

Deno.test("showing() moves the view as little as needed and leaves a margin", () => {
  const large = graph(5000, 5000);
  const view = { left: 1000, top: 1000, scale: 1 };
  const at = (x: number, y: number) => showing(large, SIZE, view, [x, y]);
  deepEqual(at(1100, 1100), view);
  deepEqual(at(990, 990), { scale: 1, left: 966, top: 966 });
  deepEqual(at(2000, 1600), {
    scale: 1,
    left: 2000 + NODE.width + 24 - 800,
    top: 1600 + NODE.height + 24 - (500 - 48),
  });
  deepEqual(showing(large, SIZE, view, [0, 0]), START);
});

Deno.test("isReadable() and centered() show a node in the middle, at a size at which it can be read", () => {
  const large = graph(5000, 5000);
  const view = centered(large, SIZE, 1, [2000, 2000]);
  deepEqual(view, { scale: 1, left: 2000 + NODE.width / 2 - 400, top: 2000 + NODE.height / 2 - 250 });
  ok(isReadable(large, SIZE, view, [2000, 2000]));
  ok(!isReadable(large, SIZE, { ...view, scale: DETAILED - 0.01 }, [2000, 2000]));
  const room = 500 - 48;
  for (
    const [x, y, is] of [
      [0, 0, true],
      [-1, 0, false],
      [0, -1, false],
      [800 - NODE.width, room - NODE.height, true],
      [801 - NODE.width, 0, false],
      [0, room + 1 - NODE.height, false],
    ] as const
  ) equal(isReadable(large, SIZE, view, [view.left + x, view.top + y]), is);
  deepEqual(centered(large, SIZE, 2, [0, 0]), { scale: 2, left: 0, top: 0 });
});

Deno.test("neighbor() returns the nearest step in a direction, or the step itself if there is none", () => {
  const [top, left, right, end] = [0, 1, 2, 3];
  const [first, second] = DIAMOND.at[left]![0] < DIAMOND.at[right]![0] ? [left, right] : [right, left];
  equal(neighbor(DIAMOND, first, "ArrowRight"), second);
  equal(neighbor(DIAMOND, second, "ArrowLeft"), first);
  equal(neighbor(DIAMOND, first, "ArrowUp"), top);
  equal(neighbor(DIAMOND, first, "ArrowDown"), end);
  equal(neighbor(DIAMOND, top, "ArrowUp"), top);
});

Deno.test("textScale() keeps the smallest text at 11 pixels", () => {
  for (const scale of [2, 1, 0.92, DETAILED, 0.6, 0.45]) {
    ok(12 * scale * textScale(scale) >= 11);
    ok(scale < 1 || textScale(scale) === 1);
  }
});

Deno.test("sheetOf() has a small graph in the middle, and is as large as a large one", () => {
  deepEqual(sheetOf(graph(400, 100), SIZE, 1), { width: 800, height: 500, x: 200, y: 176 });
  deepEqual(sheetOf(graph(1600, 1000), SIZE, 2), { width: 3200, height: 2048, x: 0, y: 0 });
});

Deno.test("nodesIn() compares all four sides", () => {
  const [x, y] = DIAMOND.at[0]!;
  const around = { left: x, top: y, right: x + NODE.width, bottom: y + NODE.height };
  deepEqual(nodesIn(DIAMOND, { ...around, right: x }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, bottom: y }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, left: around.right, right: around.right + 1 }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, top: around.bottom, bottom: around.bottom + 1 }), []);
  deepEqual(nodesIn(DIAMOND, around), [0]);
  deepEqual(nodesIn(DIAMOND, { left: x + 1, right: x + 1, top: y + 1, bottom: y + 1 }), [0]);
});
