import { deepEqual, throws } from "node:assert/strict";
import { fromDotList } from "../../../src/config/omegaconf/yaml.ts";
import { toPlain } from "../../../src/config/omegaconf/node.ts";

const CASES: readonly (readonly [items: readonly (readonly [string, string])[], result: unknown])[] = [
  [[["a", "1"]], { a: 1 }],
  [[["a.b", "x"], ["a.c", "[1, 2]"]], { a: { b: "x", c: [1, 2] } }],
  [[["a[b].c", ""]], { a: { b: { c: null } } }],
  [[["[a].b", "{c: 1}"]], { a: { b: { c: 1 } } }],
  [[["a", "1"], ["a.b", "2"]], { a: { b: 2 } }],
  [[["a.b", "2"], ["a", "1"]], { a: 1 }],
  [[["a", "{b: 1, c: 2}"], ["a", "{b: 3}"]], { a: { b: 3, c: 2 } }],
  [[["a", "{b: {c: 1}}"], ["a.b.d", "2"]], { a: { b: { c: 1, d: 2 } } }],
  [[["a", "[1]"], ["a", "{b: 3}"]], { a: { b: 3 } }],
];

for (const [items, result] of CASES) {
  Deno.test(`fromDotList() reads ${items.map((item) => item.join("=")).join(" ")} as ${JSON.stringify(result)}`, () => {
    deepEqual(toPlain(fromDotList(items, "command line")), result);
  });
}

Deno.test("fromDotList() names the source of a value that is not YAML", () => {
  throws(() => fromDotList([["a", "1"], ["b.c", "[1"]], "the variable PARAMS"), {
    code: "config.yaml",
    place: { file: "the variable PARAMS", line: 1, column: 3 },
  });
});
