import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import {
  centered,
  DETAILED,
  drawEdges,
  firstLook,
  fitted,
  isReadable,
  isWithin,
  kept,
  neighbor,
  nodesIn,
  seenBox,
  showing,
  stepAt,
  textScale,
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

Deno.test("firstLook() shows all of a small graph, and of a large one a part whose text can be read", () => {
  const small = firstLook(DIAMOND, SIZE);
  deepEqual(small, fitted(DIAMOND, SIZE));
  deepEqual(nodesIn(DIAMOND, seenBox(small, SIZE, 0)), [0, 1, 2, 3]);
  const large = firstLook(WIDE, SIZE);
  equal(large.scale, 1);
  ok(nodesIn(WIDE, seenBox(large, SIZE, 0)).includes(0), "the first node");
  const last = firstLook(WIDE, SIZE, 200);
  ok(isReadable(last, WIDE.at[200]!, SIZE), "the chosen node");
  const { left, right } = seenBox(last, SIZE, 0);
  ok(left >= 0 && right <= WIDE.width, "no space is free beside the graph");
  equal(nodesIn(WIDE, seenBox(fitted(WIDE, SIZE), SIZE, 0.01)).length, 201);
});

Deno.test("textScale() keeps the smallest text at 11 pixels", () => {
  for (const scale of [2, 1, 0.92, DETAILED, 0.6, 0.45]) {
    ok(12 * scale * textScale(scale) >= 11);
    ok(scale < 1 || textScale(scale) === 1);
  }
});

Deno.test("fitted() centers the graph above the buttons without enlarging it", () => {
  const graph = (width: number, height: number) => ({ ...DIAMOND, width, height });
  deepEqual(fitted(graph(400, 100), SIZE), { scale: 1, x: -200, y: -176 });
  deepEqual(fitted(graph(1600, 100), SIZE), { scale: 0.5, x: 0, y: -402 });
  deepEqual(fitted(graph(800, 904), SIZE), { scale: 0.5, x: -400, y: 0 });
  deepEqual(fitted(graph(100, 1e6), SIZE).y, 0);
  deepEqual(fitted(graph(100, 100), { width: 800, height: 10 }).scale, 0.01);
});

Deno.test("seenBox() adds a margin on each side", () => {
  deepEqual(seenBox({ x: 10, y: 20, scale: 2 }, SIZE, 0.5), {
    left: -190,
    top: -105,
    right: 610,
    bottom: 395,
  });
});

Deno.test("zoomed() keeps the point under the pointer in place, between the whole graph and a scale of 2", () => {
  const at = { x: 100, y: 200 };
  const before = { x: 10, y: 20, scale: 1 };
  const after = zoomed(before, 1.5, at, 0.1);
  equal(before.x + at.x / before.scale, after.x + at.x / after.scale);
  equal(before.y + at.y / before.scale, after.y + at.y / after.scale);
  equal(zoomed(before, 1000, at, 0.1).scale, 2);
  equal(zoomed(before, 0.001, at, 0.1).scale, 0.1);
  equal(zoomed({ ...before, scale: 0.05 }, 0.5, at, 0.1).scale, 0.05, "a smaller one is kept");
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

Deno.test("isReadable() and centered() show a node in the middle, at a size at which it can be read", () => {
  const view = { scale: 1, x: 0, y: 0 };
  const room = 500 - 48;
  for (const [x, y] of [[0, 0], [800 - NODE.width, room - NODE.height]] as const) {
    ok(isReadable(view, [x, y], SIZE));
    ok(!isReadable({ ...view, scale: DETAILED - 0.01 }, [x, y], SIZE));
  }
  for (const [x, y] of [[-1, 0], [0, -1], [801 - NODE.width, 0], [0, room + 1 - NODE.height]] as const) {
    ok(!isReadable(view, [x, y], SIZE));
    const middle = { x: x + NODE.width / 2 - 400, y: y + NODE.height / 2 - 250 };
    deepEqual(centered(view, [x, y], SIZE), { scale: 1, ...middle });
    deepEqual(centered({ ...view, scale: 0.4 }, [x, y], SIZE), { scale: 1, ...middle });
  }
  equal(centered({ ...view, scale: 2 }, [0, 0], SIZE).scale, 2);
});

Deno.test("kept() leaves at most a quarter of the view free beside the graph", () => {
  const graph = { ...DIAMOND, width: 1000, height: 600 };
  const at = (x: number, y: number) => kept({ scale: 2, x, y }, graph, SIZE);
  deepEqual(at(0, 0), { scale: 2, x: 0, y: 0 });
  deepEqual(at(-9999, -9999), { scale: 2, x: -100, y: -62.5 });
  deepEqual(at(9999, 9999), { scale: 2, x: 700, y: 412.5 });
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
  const edge = { from: 0, to: 1, points: [250, 80, 250, 136] };
  const drawn = drawEdges({ ...DIAMOND, at, edges: [edge, { ...edge, points: [], isFar: true }] });
  const end = "M404 193L408 199L412 193";
  deepEqual(drawn.map(({ path }) => path), [
    `M108 56C108 68 250 68 250 80V136C250 168 408 168 408 199${end}`,
    `M108 56v14M408 185V199${end}`,
  ]);
  const { left, right, top, bottom } = drawn[0]!;
  deepEqual([left, right, top, bottom], [108, 408, 56, 199]);
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
