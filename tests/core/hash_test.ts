import assert from "node:assert/strict";
import { shortHash } from "../../src/core/encoding.ts";

Deno.test("shortHash() returns the first hex digits of the SHA-256", () => {
  assert.equal(shortHash("abc", 16), "ba7816bf8f01cfea");
  assert.equal(shortHash("", 8), "e3b0c442");
  assert.equal(shortHash("größe", 64).length, 64);
});
