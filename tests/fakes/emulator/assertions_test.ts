// @peculiar/x509 needs this polyfill to be loaded first.
import "reflect-metadata";
import { X509CertificateGenerator } from "@peculiar/x509";
import { deepEqual, equal, match } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createEmulator } from "../emulator.ts";
import { post } from "../../emulator/http/post.ts";

const NOW_MS = Date.parse("2026-01-01T00:00:00Z");
const NOW_S = NOW_MS / 1000;
const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const KEYS = await newKeys();
const OTHER_KEYS = await newKeys();
const CERTIFICATE = await X509CertificateGenerator.createSelfSigned({
  name: "CN=ci",
  keys: KEYS,
  signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  notBefore: new Date(NOW_MS),
  notAfter: new Date(NOW_MS + 3_600_000),
});
const DER = new Uint8Array(CERTIFICATE.rawData);
const ISSUER = { issuer: "https://ci.example", audience: "api://AzureADTokenExchange", subject: "repo:a/b" };
const TOKEN_URL = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token";

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", ...RSA }, true, ["sign", "verify"]);
}

/** Creates an emulator that knows the certificate and the issuer, and sends it what a client sends. */
async function signIn(change: Readonly<Record<string, string | undefined>>) {
  const clock = { now: () => new Date(NOW_MS), sleep: async () => {} };
  const { alg: _, ...withoutAlgorithm } = await crypto.subtle.exportKey("jwk", OTHER_KEYS.publicKey);
  const keys = [withoutAlgorithm, await crypto.subtle.exportKey("jwk", KEYS.publicKey)];
  const seed = { certificates: [CERTIFICATE.toString("pem")], federations: [{ ...ISSUER, keys }] };
  const emulator = createEmulator({ clock, seed });
  const { client, tenant } = emulator.identity;
  const form = {
    grant_type: "client_credentials",
    client_id: client,
    scope: "https://management.azure.com/.default",
    ...change,
  };
  const filled = Object.entries(form).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]);
  const { status, code, body } = await post(emulator, Object.fromEntries(filled));
  equal(status === 200, typeof body.access_token === "string");
  return { status, code, description: String(body.error_description), tenant };
}

interface Parts {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey;
}

async function assertion({ header, claims, key = KEYS.privateKey }: Parts): Promise<string> {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", ...header })}.${part(claims)}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, new TextEncoder().encode(signed));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

async function signInWith(value: string, type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
  return await signIn({ client_assertion: value, client_assertion_type: type });
}

/** Signs in with an assertion that is signed with the certificate. */
async function byCertificate({ header, claims, key }: Parts = {}) {
  const { client, tenant } = createEmulator().identity;
  const aud = TOKEN_URL.replace("TENANT", tenant);
  return await signInWith(
    await assertion({
      ...(key && { key }),
      header: { x5t: thumbprint("sha1"), ...header },
      claims: { iss: client, sub: client, aud, nbf: NOW_S, exp: NOW_S + 600, ...claims },
    }),
  );
}

/** Signs in with an assertion of the trusted issuer. */
async function byIssuer({ header, claims, key }: Parts = {}) {
  const { issuer: iss, audience: aud, subject: sub } = ISSUER;
  return await signInWith(
    await assertion({
      ...(key && { key }),
      ...(header && { header }),
      claims: { iss, sub, aud, exp: NOW_S + 600, ...claims },
    }),
  );
}

function thumbprint(hash: "sha1" | "sha256"): string {
  return createHash(hash).update(DER).digest("base64url");
}

Deno.test("emulator requires a secret, or an assertion with the right assertion type", async () => {
  const none = await signIn({});
  deepEqual([none.status, none.code], [401, 7000216]);
  equal((await signInWith("a.b.c", "urn:other")).code, 7000216);
  equal((await signIn({ client_assertion_type: "urn:x" })).code, 7000216);
});

for (const value of ["a.b", "e30.e30.AA.AA", "a.b.c", "e30.e30.%"]) {
  Deno.test(`emulator rejects the malformed assertion ${value}`, async () => {
    const { status, code } = await signInWith(value);
    deepEqual([status, code], [401, 50027]);
  });
}

for (
  const [what, parts, expected, says] of [
    ["of another subject", { claims: { sub: "someone" } }, 700021, /application identifier/],
    ["for another audience", { claims: { aud: "https://elsewhere.example" } }, 700023, /audience/],
    ["of an unknown certificate", { header: { x5t: "AAAA" } }, 700027, /not registered/],
    ["signed with another key", { key: OTHER_KEYS.privateKey }, 700027, /failed signature validation/],
    ["with another algorithm", { header: { alg: "HS256" } }, 700027, /failed signature validation/],
    ["that has expired", { claims: { exp: NOW_S - 300 } }, 700024, /expiry .* 2025-12-31T23:55:00/],
    ["that is not valid yet", { claims: { nbf: NOW_S + 300 } }, 700024, /Current time: 2026-01-01T00:00:00/],
  ] as const
) {
  Deno.test(`emulator rejects an assertion ${what}`, async () => {
    const { status, code, description } = await byCertificate(parts);
    deepEqual([status, code], [401, expected]);
    match(description, says);
  });
}

for (
  const [what, parts, expected, says] of [
    ["another issuer", { claims: { iss: "https://x.example" } }, 700211, /issuer 'https:\/\/x\.example'/],
    ["another audience", { claims: { aud: "api://x" } }, 700212, /audience 'api:\/\/x'/],
    ["another subject", { claims: { sub: "repo:a/c" } }, 700213, /subject 'repo:a\/c'/],
    ["another algorithm", { header: { alg: "PS256" } }, 50013, /signature/],
  ] as const
) {
  Deno.test(`emulator rejects an issuer's assertion with ${what}`, async () => {
    const { status, code, description } = await byIssuer(parts);
    deepEqual([status, code], [401, expected]);
    match(description, says);
  });
}
