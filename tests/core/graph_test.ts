import { deepEqual } from "node:assert/strict";
import { sortedByNeeds } from "../../src/core/graph.ts";

const NEEDS: Readonly<Record<string, readonly string[]>> = { a: [], b: ["d"], c: ["a", "z"], d: [] };
const sort = (keys: string, taking?: "all" | "first", needs = NEEDS) => {
  const { sorted, cyclic } = sortedByNeeds(keys, (key) => needs[key]!, taking);
  return [sorted.join(""), cyclic.join("")];
};

Deno.test("sortedByNeeds() sorts keys by their dependencies", () => {
  deepEqual(sort("abcd"), ["adbc", ""]);
  deepEqual(sort("abcd", "first"), ["acdb", ""]);
  deepEqual(sort(""), ["", ""]);
});

Deno.test("sortedByNeeds() returns cycles", () => {
  const needs = { a: [], b: ["c"], c: ["b"], d: ["b"], e: ["e"] };
  deepEqual(sort("dabce", "all", needs), ["a", "dbce"]);
});
