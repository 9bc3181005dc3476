import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import {
  centered,
  DETAILED,
  firstLook,
  fitted,
  isReadable,
  isWithin,
  neighbor,
  nodesIn,
  seenBox,
  showing,
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

Deno.test("fitted() centers the graph above the buttons without enlarging it", () => {
  const graph = (width: number, height: number) => ({ ...DIAMOND, width, height });
  deepEqual(fitted(graph(400, 100), SIZE), { scale: 1, x: -200, y: -176 });
  deepEqual(fitted(graph(1600, 100), SIZE), { scale: 0.5, x: 0, y: -402 });
  deepEqual(fitted(graph(800, 904), SIZE), { scale: 0.5, x: -400, y: 0 });
  deepEqual(fitted(graph(100, 1e6), SIZE).y, 0);
  deepEqual(fitted(graph(100, 100), { width: 800, height: 10 }).scale, 0.01);
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

Deno.test("neighbor() returns the nearest step in a direction, or the step itself if there is none", () => {
  const [top, left, right, end] = [0, 1, 2, 3];
  const [first, second] = DIAMOND.at[left]![0] < DIAMOND.at[right]![0] ? [left, right] : [right, left];
  equal(neighbor(DIAMOND, first, "ArrowRight"), second);
  equal(neighbor(DIAMOND, second, "ArrowLeft"), first);
  equal(neighbor(DIAMOND, first, "ArrowUp"), top);
  equal(neighbor(DIAMOND, first, "ArrowDown"), end);
  equal(neighbor(DIAMOND, top, "ArrowUp"), top);
});
