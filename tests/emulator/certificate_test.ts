// @peculiar/x509 needs this polyfill to be loaded first.
import "reflect-metadata";
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate as ParsedCertificate } from "@peculiar/x509";
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createCertificate } from "../../src/emulator/certificate.ts";

Deno.test("emulator has a certificate for localhost, valid for 30 days", async () => {
  const made = await createCertificate(new Date("2026-01-01T00:00:00Z"));
  const [authority, certificate] = [
    new X509Certificate(made.authority),
    new X509Certificate(made.certificate),
  ];
  assert.ok(authority.ca && !certificate.ca);
  assert.ok(certificate.checkIssued(authority));
  assert.ok(certificate.verify(authority.publicKey));
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
  assert.equal(certificate.checkHost("localhost"), "localhost");
  assert.equal(certificate.checkHost("example.com"), undefined);
  assert.equal(new Date(certificate.validFrom).toISOString(), "2025-12-31T00:00:00.000Z");
  assert.equal(new Date(certificate.validTo).toISOString(), "2026-01-31T00:00:00.000Z");
  assert.match(made.key, /^-----BEGIN PRIVATE KEY-----\n/);
});

Deno.test("emulator's certificates have critical constraints", async () => {
  const { authority, certificate } = await createCertificate(new Date("2026-01-01T00:00:00Z"));
  const critical = (pem: string) =>
    [...new ParsedCertificate(pem).extensions].flatMap(({ critical, type }) => critical ? [type] : []).sort();
  const [constraints, usage] = ["2.5.29.19", "2.5.29.15"];
  assert.deepEqual(critical(authority), [usage, constraints]);
  assert.deepEqual(critical(certificate), [usage, constraints]);
  const [, signing] = [authority, certificate].map((pem) =>
    new ParsedCertificate(pem).getExtension(KeyUsagesExtension)!.usages
  );
  assert.equal(signing, KeyUsageFlags.digitalSignature);
});
