import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import {
  DETAILED,
  firstLook,
  fitted,
  isReadable,
  pointAt,
  textScale,
  zoomed,
} from "../../../src/page/widgets/viewport.ts";
import type { GraphView } from "../../../src/page/view.ts";
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

Deno.test("large graph opens at a readable scale", () => {
  deepEqual(firstLook(DIAMOND, SIZE, 0), START);
  const large = firstLook(WIDE, SIZE, 0);
  equal(large.scale, 1);
  ok(isReadable(WIDE, SIZE, large, WIDE.at[0]!), "the first node");
  const last = firstLook(WIDE, SIZE, 200);
  ok(isReadable(WIDE, SIZE, last, WIDE.at[200]!), "the chosen node");
  ok(last.left <= WIDE.width - SIZE.width, "no space is free beside the graph");
});

Deno.test("zoomed graph keeps the point under the pointer", () => {
  const at = [100, 200] as const;
  const large = graph(3000, 3000);
  const before = { left: 700, top: 800, scale: 1 };
  const after = zoomed(large, SIZE, before, 1.5, at);
  deepEqual(pointAt(large, SIZE, after, at), pointAt(large, SIZE, before, at));
  equal(zoomed(large, SIZE, before, 1000, at).scale, 2);
  equal(zoomed(large, SIZE, before, 0.001, at).scale, fitted(large, SIZE));
  equal(zoomed(large, SIZE, { ...before, scale: 0.05 }, 0.5, at).scale, 0.05, "a smaller one is kept");
});

Deno.test("text in the graph has at least 11 pixels", () => {
  for (const scale of [2, 1, 0.92, DETAILED, 0.6, 0.45]) {
    ok(12 * scale * textScale(scale) >= 11);
    ok(scale < 1 || textScale(scale) === 1);
  }
});
