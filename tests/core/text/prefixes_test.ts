import { deepEqual } from "node:assert/strict";
import { prefixesOf } from "../../../src/core/text/prefixes.ts";

Deno.test("prefixesOf() returns a name and those above it, from the outermost", () => {
  deepEqual(prefixesOf("a.b.c"), ["a", "a.b", "a.b.c"]);
  deepEqual(prefixesOf("a"), ["a"]);
  deepEqual(prefixesOf("a/b.c", "/"), ["a", "a/b.c"]);
});
