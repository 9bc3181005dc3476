import { equal } from "node:assert/strict";
import { cutMiddle, trimBoth, trimEnd } from "../../src/core/format.ts";

Deno.test("trimEnd() and trimBoth() remove the given characters", () => {
  equal(trimEnd("/a//", "/"), "/a");
  equal(trimEnd("///", "/"), "");
  equal(trimEnd("a/.", "./"), "a");
  equal(trimBoth("-a-b--", "-"), "a-b");
  equal(trimBoth("--", "-"), "");
  equal(trimBoth("a", "-"), "a");
});

Deno.test("cutMiddle() keeps both ends of a name that is too long", () => {
  equal(cutMiddle("train_model", 11), "train_model");
  equal(cutMiddle("train_model", 10), "train…odel");
  equal(cutMiddle("train_model", 5), "tr…el");
  equal(cutMiddle("🚲🚲🚲🚲", 3), "🚲…🚲");
  equal(cutMiddle("🚲🚲🚲", 3), "🚲🚲🚲");
});
