import { deepEqual } from "node:assert/strict";
import { prefixesOf } from "../../../src/core/text/prefixes.ts";

Deno.test("prefixesOf() returns each prefix of a name that ends at a separator, and the name itself", () => {
  deepEqual(prefixesOf("a.b.c"), ["a", "a.b", "a.b.c"]);
  deepEqual(prefixesOf("a"), ["a"]);
  deepEqual(prefixesOf("a/b.c", "/"), ["a", "a/b.c"]);
});
