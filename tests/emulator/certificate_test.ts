import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createCertificate } from "../../src/emulator/certificate.ts";

Deno.test("createCertificate() issues a 30-day certificate for localhost from its own authority", async () => {
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
  assert.equal(new Date(certificate.validTo).toISOString(), "2026-01-31T00:00:00.000Z");
  assert.match(made.key, /^-----BEGIN PRIVATE KEY-----\n/);
});
