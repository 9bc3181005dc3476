import { deepEqual, ok, rejects } from "node:assert/strict";
import "reflect-metadata";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";
import { readClientCertificate } from "../../src/credentials/client_certificate.ts";
import { renderError } from "../../src/cli/text/error.ts";
import type { UserError } from "../../src/core/errors.ts";
import { assertTranscript } from "../fakes/assert_transcript.ts";
import { fakeContext } from "../fakes/context.ts";

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const [own, authority] = await Promise.all(
  [RSA, EC].map((kind) =>
    crypto.subtle.generateKey(kind, true, ["sign", "verify"]) as Promise<CryptoKeyPair>
  ),
) as [CryptoKeyPair, CryptoKeyPair];

/** A certificate in PEM that is valid in January 2026; only the application's has an RSA key. */
async function certificate(subject: string, issuer: string): Promise<string> {
  const made = await X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: `CN=${issuer}`,
    publicKey: (subject === "app" ? own : authority).publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: EC,
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date("2026-02-01T00:00:00Z"),
  });
  return `${made.toString("pem")}\n`;
}

async function privateKey({ privateKey }: CryptoKeyPair): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY")}\n`;
}

const APP = await certificate("app", "regional");
const PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
const [KEY, OTHER_KEY] = [await privateKey(own), await privateKey(authority)];

/** Reads `app.pem` in the current folder, with this text, at a time. */
async function read(text: string | undefined, now = "2026-01-02T03:04:05Z") {
  const ctx = fakeContext({
    files: text === undefined ? {} : { "/work/app.pem": Uint8Array.from(text, (char) => char.charCodeAt(0)) },
    cwd: "/work",
  });
  const clock = { ...ctx.clock, now: () => new Date(now) };
  const source = { path: "app.pem", password: undefined, clientId: "app-id" };
  return await readClientCertificate({ ...ctx, clock }, source);
}

Deno.test("readClientCertificate() sorts the issuers of a certificate", async () => {
  const [regional, global, root, unrelated] = await Promise.all([
    certificate("regional", "global"),
    certificate("global", "root"),
    certificate("root", "root"),
    certificate("unrelated", "regional"),
  ]);
  const found = async (...parts: readonly string[]) => {
    const { certificate, chain } = await read(parts.join(""));
    return [certificate, ...chain].map(({ x509 }) => x509.subject);
  };
  deepEqual(await found(root, unrelated, global, APP, KEY, regional), [
    "CN=app",
    "CN=regional",
    "CN=global",
    "CN=root",
  ]);
  deepEqual(await found(root, APP, regional, KEY), ["CN=app", "CN=regional"]);
  deepEqual(await found("0: CN=app\n", PUBLIC_KEY, KEY, APP), ["CN=app"]);
});

for (
  const [what, text, now] of [
    ["a missing file"],
    ["a certificate without a key", APP],
    ["a key without a certificate", KEY],
    ["a key of another certificate", OTHER_KEY + APP],
    ["an EC key", OTHER_KEY + await certificate("regional", "regional")],
    ["a PFX file in base64", "MIIKX/+=\n"],
    ["an empty file", ""],
    ["a public key", PUBLIC_KEY],
    ["a damaged key", KEY.replace(/\nM/, "\nX") + APP],
    ["a damaged PFX file", "0\x82\x01\x00garbage"],
    ["a certificate after its last day", KEY + APP, "2026-02-01T00:00:01Z"],
    ["a certificate before its first day", KEY + APP, "2025-12-31T23:59:59Z"],
  ] as const
) {
  Deno.test(`readClientCertificate() rejects ${what}`, async (t) => {
    let said = "";
    await rejects(read(text, now), (error: UserError) => {
      ok(!Deno.inspect(error).includes(KEY.split("\n")[2]!), "the error has a line of the key");
      said = `${error.code}: ${renderError(error).text}`;
      return error.exit === 4;
    });
    await assertTranscript(t, said, import.meta.url);
  });
}
