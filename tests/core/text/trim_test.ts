import { equal } from "node:assert/strict";
import { trimBoth, trimEnd } from "../../../src/core/text/trim.ts";

Deno.test("trimEnd() and trimBoth() remove the given characters", () => {
  equal(trimEnd("/a//", "/"), "/a");
  equal(trimEnd("///", "/"), "");
  equal(trimEnd("a/.", "./"), "a");
  equal(trimBoth("-a-b--", "-"), "a-b");
  equal(trimBoth("--", "-"), "");
  equal(trimBoth("a", "-"), "a");
});
