import { deepEqual, equal } from "node:assert/strict";
import { dealt } from "./dealt.ts";

const ROWS = ["a", "b", "c", "d", "e"];
const COLUMNS = [1, 2, 3, 4];

Deno.test("matrix tests give each row different columns", () => {
  for (const each of [1, 2, 3, 4, 9]) {
    const pairs = dealt(ROWS, COLUMNS, each, 0);
    equal(new Set(pairs.map(String)).size, ROWS.length * Math.min(each, COLUMNS.length));
    const counts = COLUMNS.map((column) => pairs.filter(([, one]) => one === column).length);
    equal(Math.max(...counts) - Math.min(...counts) <= 2, true, String(counts));
  }
});

Deno.test("matrix tests meet every pair in some turn", () => {
  const met = COLUMNS.flatMap((_, turn) => dealt(ROWS, COLUMNS, 1, turn));
  deepEqual(new Set(met.map(String)).size, ROWS.length * COLUMNS.length);
});
