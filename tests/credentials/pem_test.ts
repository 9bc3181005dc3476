import { deepStrictEqual as assertEquals, throws } from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readPem } from "../../src/credentials/certificate_file.ts";

const SOURCE = { path: "/c.pem", clientId: "app", password: undefined };
const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

Deno.test("readPem() skips blocks other than private keys and certificates", () => {
  const { keys, certificates } = readPem(`Bag Attributes\n${publicKey}${privateKey}`, SOURCE);
  assertEquals([keys.map(({ type }) => type), certificates], [["private"], []]);
});

for (
  const [what, text, says] of [
    ["an empty file", "", /is neither PEM nor PFX/],
    ["a file with only a public key", publicKey, /is neither PEM nor PFX/],
    ["a PFX file as base64", "MIIKX/+=\n", /is base64 text, perhaps of a PFX file/],
  ] as const
) {
  Deno.test(`readPem() rejects ${what}`, () => {
    throws(() => readPem(text, SOURCE), { code: "auth.certificate_format", message: says });
  });
}

Deno.test("readPem() rejects a damaged key without repeating it", () => {
  const damaged = privateKey.replace(/\nM/, "\nX");
  throws(() => readPem(damaged, SOURCE), (error: Error) => {
    assertEquals(Deno.inspect(error).includes(damaged.split("\n")[1]!), false);
    return true;
  });
});
