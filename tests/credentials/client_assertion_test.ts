import { Buffer } from "node:buffer";
import { deepEqual, ok } from "node:assert/strict";
import { constants, createHash, generateKeyPairSync, verify } from "node:crypto";
import { signAssertion } from "../../src/credentials/client_certificate.ts";
import type { Certificate } from "../../src/credentials/certificate_file.ts";
import { fakeContext } from "../fakes/context.ts";

const { privateKey: key, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

Deno.test("signAssertion() signs an assertion for ten minutes", async () => {
  const ctx = fakeContext();
  const audience = "https://login.microsoftonline.com/t/oauth2/v2.0/token";
  const certificate = { der: new Uint8Array([1, 2, 3]) } as Certificate;
  const claims = { clientId: "app", audience, sendsChain: false };
  const assertion = await signAssertion(ctx, { key, certificate, chain: [] }, claims);
  const [header, payload, signature] = assertion.split(".").map((part) => Buffer.from(part, "base64url"));

  const thumbprint = createHash("sha256").update(certificate.der).digest("base64url");
  deepEqual(JSON.parse(String(header)), { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
  const now = Date.parse("2026-01-02T03:04:05Z") / 1000;
  deepEqual(JSON.parse(String(payload)), {
    aud: audience,
    iss: "app",
    sub: "app",
    jti: "00000000-0000-4000-8000-000000000001",
    nbf: now,
    iat: now,
    exp: now + 600,
  });
  const signed = Buffer.from(assertion.slice(0, assertion.lastIndexOf(".")));
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  ok(verify("sha256", signed, { key: publicKey, ...padding }, signature!));
});

Deno.test("signAssertion() includes the certificate chain if asked", async () => {
  const [certificate, issuer, root] = [[1], [2], [3]].map((der) => ({ der: new Uint8Array(der) }));
  const signed = { key, certificate, chain: [issuer, root] } as unknown as Parameters<
    typeof signAssertion
  >[1];
  const x5c = async (sendsChain: boolean) => {
    const claims = { clientId: "app", audience: "https://login.example", sendsChain };
    const [header = ""] = (await signAssertion(fakeContext(), signed, claims)).split(".");
    return JSON.parse(String(Buffer.from(header, "base64url"))).x5c;
  };
  deepEqual([await x5c(true), await x5c(false)], [["AQ==", "Ag==", "Aw=="], undefined]);
});
