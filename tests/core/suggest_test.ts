import assert from "node:assert/strict";
import { nearest } from "../../src/core/suggest.ts";

Deno.test("nearest() finds a name with a typo", () => {
  assert.equal(nearest("pipline_name", ["tags", "pipeline_name"]), "pipeline_name");
  assert.equal(nearest("Pipeline-Name", ["tags", "pipeline_name"]), "pipeline_name");
  assert.equal(nearest("A B-C D", ["tags", "a_b_c_d"]), "a_b_c_d");
  assert.equal(nearest("a b c", ["a-b-c"]), "a-b-c");
  assert.equal(nearest("a b c d e", ["a_b_c_d_e"]), "a_b_c_d_e");
  assert.equal(nearest("- -", ["__x", "___"]), "___");
});

Deno.test("nearest() returns undefined without a similar name", () => {
  assert.equal(nearest("retry", ["workspace", "limits"]), undefined);
  assert.equal(nearest("x", []), undefined);
  assert.equal(nearest("a".repeat(256), ["a".repeat(255)]), "a".repeat(255));
  assert.equal(nearest("a".repeat(257), ["a".repeat(256)]), undefined);
});

Deno.test("nearest() allows more typos in a longer name", () => {
  for (
    const [typed, name, isNear] of [
      ["abc", "abd", true],
      ["abc", "add", false],
      ["abcd", "abxy", true],
      ["abcd", "axyz", false],
      ["abcdefghi", "abcdefxyz", true],
      ["abcdefghi", "abcdexxyz", false],
    ] as const
  ) assert.equal(nearest(typed, [name]), isNear ? name : undefined, `${typed} ${name}`);
});
