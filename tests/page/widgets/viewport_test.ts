import { deepEqual, equal, ok } from "node:assert/strict";
import { layOut } from "../../../src/page/graph_layout.ts";
import { DETAILED, firstLook, isReadable, textScale } from "../../../src/page/widgets/viewport.ts";

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

Deno.test("firstLook() shows all of a small graph, and of a large one a part whose text can be read", () => {
  deepEqual(firstLook(DIAMOND, SIZE, 0), START);
  const large = firstLook(WIDE, SIZE, 0);
  equal(large.scale, 1);
  ok(isReadable(WIDE, SIZE, large, WIDE.at[0]!), "the first node");
  const last = firstLook(WIDE, SIZE, 200);
  ok(isReadable(WIDE, SIZE, last, WIDE.at[200]!), "the chosen node");
  ok(last.left <= WIDE.width - SIZE.width, "no space is free beside the graph");
});

Deno.test("textScale() keeps the smallest text at 11 pixels", () => {
  for (const scale of [2, 1, 0.92, DETAILED, 0.6, 0.45]) {
    ok(12 * scale * textScale(scale) >= 11);
    ok(scale < 1 || textScale(scale) === 1);
  }
});
