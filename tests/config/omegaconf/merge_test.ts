import { deepEqual, equal } from "node:assert/strict";
import { type MapNode, mergeDeep } from "../../../src/config/omegaconf/node.ts";
import { parseYaml } from "../../../src/config/omegaconf/yaml.ts";

const layer = (text: string, file: string) => parseYaml(text, file) as MapNode;

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
