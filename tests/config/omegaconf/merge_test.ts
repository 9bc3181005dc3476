import { deepEqual, equal, throws } from "node:assert/strict";
import { mergeDeep, mergeLayers } from "../../../src/config/omegaconf/node.ts";
import { type MapNode, toPlain } from "../../../src/config/omegaconf/node.ts";
import { parseYaml } from "../../../src/config/omegaconf/yaml.ts";

const layer = (text: string, file: string) => parseYaml(text, file) as MapNode;

const UNDER = "a: {b: 1, c: [1]}\nd: {e: 2}\nlist: [1, 2]\n";
const OVER = "a: {b: 3}\nlist: [4]\nnew: 5\n";

Deno.test("mergeLayers() replaces whole top-level keys, and merges below them only with soft", () => {
  const merged = (strategy?: "destructive" | "soft") =>
    toPlain(mergeLayers(layer(UNDER, "base.yml"), layer(OVER, "local.yml"), strategy));
  const rest = { d: { e: 2 }, list: [4], new: 5 };
  deepEqual(merged(), { a: { b: 3 }, ...rest });
  deepEqual(merged("destructive"), merged());
  deepEqual(merged("soft"), { a: { b: 3, c: [1] }, ...rest });
});

Deno.test("mergeLayers() changes neither layer", () => {
  const [under, over] = [layer(UNDER, "base.yml"), layer(OVER, "local.yml")];
  const before = [toPlain(under), toPlain(over)];
  for (const strategy of ["destructive", "soft"] as const) mergeLayers(under, over, strategy);
  deepEqual([toPlain(under), toPlain(over)], before);
});

Deno.test("mergeDeep() keeps a value that the other layer leaves open, and replaces one by null", () => {
  const merged = mergeDeep(
    layer("a: 1\nb: 2\n", "base.yml"),
    layer("a: ???\nb: null\nc: ???\n", "local.yml"),
  );
  deepEqual(toPlain(merged), { a: 1, b: null, c: "???" });
});

Deno.test("mergeDeep() keeps the places of all values that a value replaces, the last one first", () => {
  const [one, two, three] = ["a: {b: 1}\n", "\na: {b: 2}\n", "\n\na: {b: 3}\n"].map((text, at) =>
    layer(text, `${at}.yml`)
  );
  const merged = mergeDeep(mergeDeep(one!, two!), three!);
  const node = (merged.entries.get("a") as MapNode).entries.get("b")!;
  deepEqual([node.place, ...node.overrides!].map(({ file, line }) => `${file}:${line}`), [
    "2.yml:3",
    "1.yml:2",
    "0.yml:1",
  ]);
  equal(merged.entries.get("a")!.keyPlace!.file, "2.yml");
});

for (
  const [under, over, what] of [
    ["a: [1]\n", "a: {b: 1}\n", "it is a mapping here and a list"],
    ["a: {b: 1}\n", "a: [1]\n", "it is a list here and a mapping"],
  ] as const
) {
  Deno.test(`mergeDeep() rejects a value if ${what} there`, () => {
    throws(() => mergeDeep(layer(under, "base.yml"), layer(`\n${over}`, "local.yml")), {
      code: "config.merge",
      message: `Cannot merge "a": ${what} at base.yml:1:1`,
      place: { file: "local.yml", line: 2, column: 1 },
    });
  });
}

Deno.test("mergeDeep() replaces a mapping by a scalar, and a scalar by a list", () => {
  const merged = mergeDeep(layer("a: {b: 1}\nc: 1\n", "base.yml"), layer("a: 1\nc: [2]\n", "local.yml"));
  deepEqual(toPlain(merged), { a: 1, c: [2] });
});
