import assert from "node:assert/strict";
import { decode, encode } from "../../../src/emulator/state/journal.ts";

Deno.test("decode() reverses encode() for nested maps, dates and bytes", () => {
  const value = {
    map: new Map([["a", new Map([["b", [new Date("2026-01-02T03:04:05Z")]]])]]),
    bytes: new Uint8Array([0, 1, 255]),
    plain: [null, true, 1.5, "text", {}],
    schema: { $schema: "https://example.com", $map: [["not", "a map"]], other: { $date: "today" } },
  };
  assert.deepEqual(decode(encode(value)), value);
});

Deno.test("decode() rejects invalid JSON", () => {
  assert.throws(() => decode('["jobs","j1'), SyntaxError);
});
