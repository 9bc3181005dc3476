import { deepEqual, equal } from "node:assert/strict";
import { mergeDeep, mergeLayers } from "../../../src/config/omegaconf/merge.ts";
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

Deno.test("mergeDeep() keeps the places of all replaced values, the last one first", () => {
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
