import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import {
  centered,
  drawEdges,
  firstLook,
  fitted,
  isWithin,
  kept,
  neighbor,
  nodesIn,
  READABLE,
  seenBox,
  showing,
  stepAt,
  touches,
  zoomed,
} from "../../../src/page/widgets/viewport.ts";
import { NODE } from "../../../src/page/view.ts";

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

Deno.test("firstLook() shows all of a small graph, and the first step of a large graph at readable size", () => {
  const small = firstLook(DIAMOND, SIZE);
  deepEqual(small, fitted(DIAMOND, SIZE));
  deepEqual(nodesIn(DIAMOND, seenBox(small, SIZE, 0)), [0, 1, 2, 3]);
  const large = firstLook(WIDE, SIZE);
  ok(large.scale >= READABLE);
  ok(nodesIn(WIDE, seenBox(large, SIZE, 0)).includes(0));
  ok(nodesIn(WIDE, seenBox(large, SIZE, 0)).length < 50);
  equal(nodesIn(WIDE, seenBox(fitted(WIDE, SIZE), SIZE, 0.01)).length, 201);
});

Deno.test("fitted() centers the graph above the buttons without enlarging it", () => {
  const graph = (width: number, height: number) => ({ ...DIAMOND, width, height });
  deepEqual(fitted(graph(400, 100), SIZE), { scale: 1, x: -200, y: -176 });
  deepEqual(fitted(graph(1600, 100), SIZE), { scale: 0.5, x: 0, y: -402 });
  deepEqual(fitted(graph(800, 904), SIZE), { scale: 0.5, x: -400, y: 0 });
  deepEqual(fitted(graph(1e6, 100), SIZE).scale, 0.004);
  deepEqual(fitted(graph(100, 1e6), SIZE).y, 0);
  deepEqual(fitted(graph(100, 100), { width: 800, height: 10 }).scale, 0.01);
});

Deno.test("firstLook() shows the topmost step of a graph that fits only at less than about half its size", () => {
  const at = [[0, 300], [500, 10], [0, 10]] as const;
  const graph = (width: number) => ({ width, height: 100, edges: [], at });
  deepEqual(firstLook(graph(1500), SIZE), fitted(graph(1500), SIZE));
  deepEqual(firstLook(graph(1600), SIZE), {
    scale: 0.75,
    x: 500 + NODE.width / 2 - 800 / 0.75 / 2,
    y: 10 - 32,
  });
});

Deno.test("seenBox() adds a margin on each side", () => {
  deepEqual(seenBox({ x: 10, y: 20, scale: 2 }, SIZE, 0.5), {
    left: -190,
    top: -105,
    right: 610,
    bottom: 395,
  });
});

Deno.test("firstLook() puts the first step at the top center, at a smaller scale on a narrow screen", () => {
  const [x] = WIDE.at[0]!;
  for (const [width, scale] of [[599, 0.62], [600, 0.75]] as const) {
    const found = firstLook(WIDE, { width, height: 500 });
    deepEqual(found, { scale, x: x + NODE.width / 2 - width / scale / 2, y: WIDE.at[0]![1] - 32 });
  }
});

Deno.test("zoomed() keeps the point under the pointer in place, up to a scale of 2", () => {
  const at = { x: 100, y: 200 };
  const before = { x: 10, y: 20, scale: 1 };
  const after = zoomed(before, 1.5, at);
  equal(before.x + at.x / before.scale, after.x + at.x / after.scale);
  equal(before.y + at.y / before.scale, after.y + at.y / after.scale);
  equal(zoomed(before, 1000, at).scale, 2);
});

Deno.test("kept() never moves the graph out of view", () => {
  for (const scale of [0.1, 1, 2]) {
    for (const [x, y] of [[1e6, 0], [-1e6, 0], [0, 1e6], [0, -1e6]] as const) {
      const seen = seenBox(kept({ x, y, scale }, DIAMOND, SIZE), SIZE, 0);
      ok(touches(seen, { left: 0, top: 0, right: DIAMOND.width, bottom: DIAMOND.height }));
    }
  }
});

Deno.test("showing() moves the view to a hidden step and keeps it for a visible step", () => {
  const view = firstLook(WIDE, SIZE);
  deepEqual(showing(view, WIDE.at[0]!, SIZE), view);
  const far = WIDE.at.reduce((most, one) => one[0] > most[0] ? one : most);
  const moved = showing(view, far, SIZE);
  const step = { left: far[0], top: far[1], right: far[0] + NODE.width, bottom: far[1] + NODE.height };
  ok(isWithin(step, seenBox(moved, SIZE, 0)));
});

Deno.test("showing() moves the view as little as needed and leaves a margin", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const at = (x: number, y: number) => showing(view, [x, y], SIZE);
  deepEqual(at(100, 100), view);
  deepEqual(at(-10, -10), { scale: 1, x: -34, y: -34 });
  deepEqual(at(1000, 600), { scale: 1, x: 1000 + NODE.width + 24 - 800, y: 600 + NODE.height + 24 - 500 });
  deepEqual(showing({ ...view, scale: 2 }, [-10, -10], SIZE), { scale: 2, x: -22, y: -22 });
  deepEqual(showing({ ...view, scale: 4 }, [0, 0], SIZE).x, (NODE.width - 200) / 2);
});

Deno.test("centered() keeps a view in which the step is readable, and otherwise centers the step", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const room = 500 - 125;
  for (const [x, y] of [[0, 0], [800 - NODE.width, room - NODE.height]] as const) {
    deepEqual(centered(view, [x, y], SIZE), view);
  }
  const middleOf = (x: number, y: number, scale: number) => ({
    scale,
    x: x + NODE.width / 2 - 400 / scale,
    y: y + NODE.height / 2 - 250 / scale,
  });
  for (const [x, y] of [[-1, 0], [0, -1], [801 - NODE.width, 0], [0, room + 1 - NODE.height]] as const) {
    deepEqual(centered(view, [x, y], SIZE), middleOf(x, y, 1));
  }
  const small = { ...view, scale: READABLE };
  deepEqual(centered(small, [0, 0], SIZE), small);
  deepEqual(centered(small, [-1, 0], SIZE), middleOf(-1, 0, READABLE));
  const large = { ...view, scale: 2 };
  const edge = [400 - NODE.width, room / 2 - NODE.height] as const;
  deepEqual(centered(large, edge, SIZE), large);
  deepEqual(centered(large, [edge[0] + 1, edge[1]], SIZE), middleOf(edge[0] + 1, edge[1], 2));
  deepEqual(centered(large, [edge[0], edge[1] + 1], SIZE), middleOf(edge[0], edge[1] + 1, 2));
  deepEqual(centered({ ...view, scale: 0.4 }, [0, 0], SIZE), middleOf(0, 0, 0.8));
  deepEqual(centered(view, [0, 700 - NODE.height], { width: 800, height: 850 }), view);
});

Deno.test("kept() stops where the graph still covers a fifth of the view", () => {
  const graph = { ...DIAMOND, width: 1000, height: 600 };
  const at = (x: number, y: number) => kept({ scale: 2, x, y }, graph, SIZE);
  deepEqual(at(0, 0), { scale: 2, x: 0, y: 0 });
  deepEqual(at(-9999, -9999), { scale: 2, x: -320, y: -200 });
  deepEqual(at(9999, 9999), { scale: 2, x: 920, y: 550 });
  const small = kept({ scale: 2, x: 9999, y: 9999 }, { ...DIAMOND, width: 1, height: 1 }, SIZE);
  deepEqual(small, { scale: 2, x: 0, y: 0 });
});

Deno.test("isWithin(), touches() and nodesIn() compare all four sides", () => {
  const box = { left: 0, top: 0, right: 10, bottom: 10 };
  ok(isWithin(box, box));
  for (const part of [{ left: -1 }, { top: -1 }, { right: 11 }, { bottom: 11 }]) {
    ok(!isWithin({ ...box, ...part }, box));
  }
  ok(touches(box, { left: 9, top: 9, right: 20, bottom: 20 }));
  for (
    const other of [
      { left: 10, top: 0, right: 20, bottom: 10 },
      { left: -10, top: 0, right: 0, bottom: 10 },
      { left: 0, top: 10, right: 10, bottom: 20 },
      { left: 0, top: -10, right: 10, bottom: 0 },
    ]
  ) ok(!touches(box, other));
  const [x, y] = DIAMOND.at[0]!;
  const around = { left: x, top: y, right: x + NODE.width, bottom: y + NODE.height };
  deepEqual(nodesIn(DIAMOND, { ...around, right: x }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, bottom: y }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, left: around.right, right: around.right + 1 }), []);
  deepEqual(nodesIn(DIAMOND, { ...around, top: around.bottom, bottom: around.bottom + 1 }), []);
  deepEqual(nodesIn(DIAMOND, around), [0]);
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

Deno.test("stepAt() returns the step at a point", () => {
  const [x, y] = DIAMOND.at[3]!;
  equal(stepAt(DIAMOND, x + 5, y + 5), 3);
  const [right, bottom] = [x + NODE.width, y + NODE.height];
  for (const [px, py] of [[x, y], [right, bottom]] as const) equal(stepAt(DIAMOND, px, py), 3);
  for (const [px, py] of [[x - 1, y], [x, y - 1], [right + 1, y], [x, bottom + 1]] as const) {
    equal(stepAt(DIAMOND, px, py), undefined);
  }
});

Deno.test("drawEdges() draws lines from the bottom of a step to the top of the next", () => {
  const [first] = drawEdges(DIAMOND);
  const [x, y] = DIAMOND.at[0]!;
  ok(first!.path.startsWith(`M${x + NODE.width / 2} ${y + NODE.height}C`));
  const at: [number, number][] = [[0, 0], [300, 200]];
  const points = [0, 0, 1, 1, 250, 100, 2, 2, 3, 3];
  const [edge] = drawEdges({ ...DIAMOND, at, edges: [{ from: 0, to: 1, points }] });
  const long = [...points.slice(0, 6), 260, 150, ...points.slice(6)];
  const [longer] = drawEdges({ ...DIAMOND, at, edges: [{ from: 0, to: 1, points: long }] });
  ok(
    longer!.path.startsWith("M108 52C108 76 250 76 250 100C250 125 260 125 260 150C260 175 408 175 408 199M"),
  );
  deepEqual(edge, {
    from: 0,
    to: 1,
    path: "M108 52C108 76 250 76 250 100C250 150 408 150 408 199M404 193L408 199L412 193",
    left: 108,
    right: 408,
    top: 52,
    bottom: 199,
  });
});

Deno.test("neighbor() doubles sideways distance, and picks the first of equidistant steps", () => {
  const below = (...at: readonly (readonly [number, number])[]) =>
    neighbor({ width: 900, height: 600, edges: [], at: [[0, 0], ...at] }, 0, "ArrowDown");
  equal(below([0, 300], [101, 100]), 1);
  equal(below([0, 300], [99, 100]), 2);
  equal(below([100, 100], [0, 300]), 1);
});

Deno.test("neighbor() does not go sideways to a step that is in another line", () => {
  const right = (y: number) => neighbor({ ...DIAMOND, at: [[0, 100], [300, y]] }, 0, "ArrowRight");
  deepEqual([right(100 + NODE.height), right(101 + NODE.height), right(99 - NODE.height)], [1, 0, 0]);
});
