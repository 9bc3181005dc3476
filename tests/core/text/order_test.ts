import { deepEqual, equal } from "node:assert/strict";
import { compareText } from "../../../src/core/text/order.ts";

Deno.test("compareText() orders by code point, and a prefix before longer text", () => {
  const ordered = ["", "A", "B", "a", "aa", "ab", "é", "\uFF5E", "\u{1F600}", "\u{1F600}a", "\u{1F601}"];
  deepEqual([...ordered].reverse().sort(compareText), ordered);
});

Deno.test("compareText() returns 0 only for equal texts", () => {
  for (const [a, b, sign] of [["", "", 0], ["ab", "ab", 0], ["a", "b", -1], ["ab", "a", 1]] as const) {
    equal(Math.sign(compareText(a, b)), sign);
  }
});
