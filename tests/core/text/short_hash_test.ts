import assert from "node:assert/strict";
import { shortHash } from "../../../src/core/text/short_hash.ts";

Deno.test("a short hash is the start of the text's SHA-256 in hex", () => {
  assert.equal(shortHash("abc", 16), "ba7816bf8f01cfea");
  assert.equal(shortHash("", 8), "e3b0c442");
  assert.equal(shortHash("größe", 64).length, 64);
});
