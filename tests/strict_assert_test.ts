import assert, { deepEqual, equal, notDeepEqual, notEqual } from "node:assert/strict";

const { AssertionError } = assert;

Deno.test("equal() of node:assert/strict rejects undefined for null", () => {
  assert.throws(() => equal(undefined, null), AssertionError);
  assert.throws(() => deepEqual([1], ["1"]), AssertionError);
  notEqual(0, "");
  notDeepEqual({ a: null }, { a: undefined });
});
