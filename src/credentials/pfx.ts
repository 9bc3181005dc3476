import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { shellWord } from "../core/untrusted.ts";
import {
  type Certificate,
  certificateError,
  type CertificateFile,
  type CertificateSource,
  unsupportedKey,
  wrongPassword,
} from "./certificate_file.ts";
// @ts-types="@types/node-forge"
import forge from "node-forge";

/**
 * Reads, with 300 kB of code that only this needs, the keys and certificates of a PFX (PKCS12) file, encrypted with AES or with the 3DES and RC2 of older
 * systems.
 *
 * @throws {UserError} `auth.certificate_*`.
 */
export function readPfx(bytes: Uint8Array<ArrayBuffer>, source: CertificateSource): CertificateFile {
  const pfx = decryptPfx(bytes, source);
  const bags = pfx.safeContents.flatMap(({ safeBags }) => safeBags);
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids;
  const keys = bags.filter(({ type }) => type === keyBag || type === pkcs8ShroudedKeyBag);
  return {
    keys: keys.map((bag) => toKey(bag, source)),
    certificates: bags.filter(({ type }) => type === certBag).map(toCertificate),
  };
}

type Pfx = ReturnType<typeof forge.pkcs12.pkcs12FromAsn1>;
type Bag = Pfx["safeContents"][number]["safeBags"][number];

function decryptPfx(bytes: Uint8Array<ArrayBuffer>, source: CertificateSource): Pfx {
  let asn1: ReturnType<typeof forge.asn1.fromDer>;
  try {
    asn1 = forge.asn1.fromDer(forge.util.createBuffer(bytes.buffer));
  } catch (cause) {
    throw damaged(source, cause);
  }
  let last: unknown;
  for (const { password, hasMac = true } of attempts(source)) {
    try {
      return forge.pkcs12.pkcs12FromAsn1(hasMac ? asn1 : withoutMac(asn1), true, password);
    } catch (cause) {
      last = cause;
    }
  }
  throw isAboutPassword(last) ? wrongPassword(source) : damaged(source, last);
}

/**
 * Passwords to try. Some programs write "no password" as an empty one, others as none. AES takes the password as
 * UTF-8 (RFC 8018) but the MAC over the file as UTF-16 (RFC 7292), and node-forge only supports the latter: with
 * characters beyond ASCII, the file is read without verifying its MAC.
 */
function attempts({ password }: CertificateSource): readonly { password?: string; hasMac?: false }[] {
  if (password === undefined) return [{ password: "" }, {}];
  const utf8 = forge.util.encodeUtf8(password);
  return utf8 === password ? [{ password }] : [{ password }, { password: utf8, hasMac: false }];
}

/** Removes the MAC, the third and last part of a file. */
function withoutMac(asn1: ReturnType<typeof forge.asn1.fromDer>): typeof asn1 {
  return { ...asn1, value: asn1.value.slice(0, 2) as typeof asn1.value };
}

/** A wrong password fails the MAC; in a file without a MAC, decryption fails, or yields garbage once in 256 times. */
function isAboutPassword(cause: unknown): boolean {
  return cause instanceof Error &&
    /MAC could not be verified|decrypt|too few bytes|unparsed DER|bits supported/i.test(cause.message);
}

function toKey({ key, asn1 }: Bag, { path }: CertificateSource): KeyObject {
  if (!key) throw unsupportedKey(path, asn1 ? "its key is not an RSA key" : "its key cannot be read");
  const info = forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key));
  return createPrivateKey({ key: toDer(info) as never, format: "der", type: "pkcs8" });
}

/** Certificates with keys other than RSA, such as those of an authority, are copied without being parsed. */
function toCertificate({ cert, asn1 }: Bag): Certificate {
  const der = toDer(cert ? forge.pki.certificateToAsn1(cert) : asn1);
  return { x509: new X509Certificate(der as never), der };
}

function toDer(asn1: Parameters<typeof forge.asn1.toDer>[0]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(forge.util.binary.raw.decode(forge.asn1.toDer(asn1).getBytes()));
}

function damaged({ path }: CertificateSource, cause: unknown) {
  return certificateError(path, "it is not a PFX file with certificate and key, or it is damaged", {
    code: "auth.certificate_format",
    hint: `Check it with \`openssl pkcs12 -info -noout -in ${shellWord(path)}\``,
    cause,
  });
}
