import { deepEqual } from "node:assert/strict";
import { findFiles } from "../../../src/config/layers/find_files.ts";
import { fakeContext } from "../../fakes/context.ts";

const NAMES = [
  "catalog.yml",
  "catalog_1.yml",
  "catalog_a.yml",
  "catalog_].yml",
  "catalog/deep/x.yml",
  "catalog/x.yml",
  "catalog/notes.txt",
  "more/catalog.json",
  ".hidden/catalog.yml",
];

/** The files that a pattern matches; without a bracket, as `fsspec` and Python's `glob` do. */
const FOUND: readonly (readonly [pattern: string, names: readonly string[]])[] = [
  ["catalog*", ["catalog.yml", "catalog_1.yml", "catalog_].yml", "catalog_a.yml"]],
  ["catalog_?.yml", ["catalog_1.yml", "catalog_].yml", "catalog_a.yml"]],
  ["catalog?.yml", []],
  ["catalog_[a-z].yml", ["catalog_a.yml"]],
  ["catalog_[!a-z].yml", ["catalog_1.yml", "catalog_].yml"]],
  ["catalog_[]1].yml", ["catalog_1.yml", "catalog_].yml"]],
  ["catalog_[!]1].yml", ["catalog_a.yml"]],
  ["catalog_[^1].yml", ["catalog_1.yml"]],
  ["*/catalog.json", ["more/catalog.json"]],
  ["*catalog.yml", ["catalog.yml"]],
  ["catalog/*", ["catalog/x.yml"]],
  ["catalog/**", ["catalog/deep/x.yml", "catalog/x.yml"]],
  ["catalog/**/x.yml", ["catalog/deep/x.yml", "catalog/x.yml"]],
  ["**/catalog*", [
    "catalog.yml",
    "catalog_1.yml",
    "catalog_].yml",
    "catalog_a.yml",
    "more/catalog.json",
  ]],
];

for (const [pattern, names] of FOUND) {
  Deno.test(`findFiles() finds the files that match pattern ${pattern}`, async () => {
    const ctx = fakeContext({ files: Object.fromEntries(NAMES.map((name) => [`/p/conf/${name}`, ""])) });
    const found = await findFiles(ctx, { path: "/p/conf", name: "conf" }, {
      root: "/p",
      patterns: [pattern],
    });
    deepEqual(found.map(({ name }) => name.replace(/^conf\//, "")), names);
  });
}
