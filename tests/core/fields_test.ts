import { equal } from "node:assert/strict";
import { ownValue } from "../../src/core/json.ts";

Deno.test("ownValue() finds a table's own keys, and nothing that objects inherit", () => {
  const table = { a: "x" };
  equal(ownValue(table, "a"), "x");
  for (const key of ["b", "constructor", "toString", "__proto__"]) {
    equal(ownValue(table, key), undefined, key);
  }
});
