import { deepStrictEqual as assertEquals, strictEqual as equal } from "node:assert/strict";
import { inPieces } from "../../../src/core/net/azure_http.ts";

Deno.test("inPieces() hands over a large body in pieces, with its size", async () => {
  const bytes = new Uint8Array(200_000).map((_, at) => at % 251);
  const body = inPieces(bytes) as Blob;
  equal(body.size, 200_000);
  const pieces = await Array.fromAsync(body.stream());
  assertEquals(pieces.map(({ length }) => length), [65_536, 65_536, 65_536, 3392]);
  assertEquals(await new Response(body).bytes(), bytes);
});

Deno.test("inPieces() returns a small body as it is", () => {
  const bytes = new Uint8Array(65_536);
  equal(inPieces(bytes), bytes);
});
