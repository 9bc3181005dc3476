import { deepEqual } from "node:assert/strict";
import { countText, numberText } from "../../src/core/format.ts";
import { percentText } from "../../src/core/change.ts";

Deno.test("numberText() writes at most six significant digits", () => {
  const numbers = [
    1.7399771,
    1_234_567,
    -1_234_567,
    1_234_567.6,
    -1_234_567.6,
    99_999.96,
    1.23456789e20,
    0.1 + 0.2,
    -0.00012345678,
    0,
    NaN,
    -Infinity,
  ];
  deepEqual(numbers.map(numberText), [
    "1.73998",
    "1234567",
    "-1234567",
    "1234568",
    "-1234568",
    "100000",
    "123457000000000000000",
    "0.3",
    "-0.000123457",
    "0",
    "NaN",
    "-Infinity",
  ]);
});

Deno.test("percentText() writes two significant digits below 100 %", () => {
  const changes = [undefined, 0, 0.03149, -0.25, 0.00012, 0.99, 1, -1.234, 12.345];
  deepEqual(changes.map(percentText), [
    "",
    "=",
    "▲ 3.1 %",
    "▼ 25 %",
    "▲ 0.012 %",
    "▲ 99 %",
    "▲ 100 %",
    "▼ 123 %",
    "▲ 1235 %",
  ]);
});

Deno.test("countText() writes the singular for 1", () => {
  deepEqual([0, 1, 2, "params:size"].map((count) => countText(count, "node")), [
    "0 nodes",
    "1 node",
    "2 nodes",
    "params:size nodes",
  ]);
});
