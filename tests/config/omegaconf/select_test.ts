import { deepEqual } from "node:assert/strict";
import { splitKey } from "../../../src/config/omegaconf/evaluate.ts";

const KEYS: readonly (readonly [path: string, keys: readonly string[]])[] = [
  ["a", ["a"]],
  ["a.b.c", ["a", "b", "c"]],
  ["a[b].c[0][d]", ["a", "b", "c", "0", "d"]],
  ["[a.b]", ["a.b"]],
  ["a\\.b", ["a.b"]],
  ["a\\[b\\]\\=c", ["a[b]=c"]],
  [".a", ["", "a"]],
  ["a..b", ["a", "", "b"]],
  ["", [""]],
];

for (const [path, keys] of KEYS) {
  Deno.test(`splitKey() splits "${path}" into ${JSON.stringify(keys)}`, () =>
    deepEqual(splitKey(path), keys));
}
