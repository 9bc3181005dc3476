import { deepEqual } from "node:assert/strict";
import { readParams } from "../../../src/app/project/params.ts";

const CASES: readonly (readonly [items: readonly (readonly [string, string])[], result: unknown])[] = [
  [[["a", "1"]], { a: 1 }],
  [[["a.b", "x"], ["a.c", "[1, 2]"]], { a: { b: "x", c: [1, 2] } }],
  [[["a[b].c", ""]], { a: { b: { c: null } } }],
  [[["a", "1"], ["a.b", "2"]], { a: { b: 2 } }],
  [[["a", "{b: 1, c: 2}"], ["a", "{b: 3}"]], { a: { b: 3, c: 2 } }],
  [[["a", "[1]"], ["a", "{b: 3}"]], { a: { b: 3 } }],
];

for (const [items, result] of CASES) {
  Deno.test(`--params reads ${items.map((item) => item.join("=")).join(" ")} as ${JSON.stringify(result)}`, () => {
    deepEqual(JSON.parse(JSON.stringify(readParams(items))), result);
  });
}
