import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { UserError } from "../core/errors.ts";
import {
  type Certificate,
  certificateError,
  type CertificateFile,
  type CertificateSource,
  wrongPassword,
} from "./certificate_file.ts";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads the keys and certificates of a PEM text, in any order; keys as PKCS1 or PKCS8, encrypted or not.
 *
 * @throws {UserError} `auth.certificate_format`, `auth.certificate_password`.
 */
export async function readPem(text: string, source: CertificateSource): Promise<CertificateFile> {
  const [keys, certificates]: [KeyObject[], Certificate[]] = [[], []];
  for (const [block, label] of text.matchAll(BLOCK)) {
    if (label!.endsWith("PRIVATE KEY")) keys.push(await readKey(block, label!, source));
    else if (label!.endsWith("CERTIFICATE")) certificates.push(readCertificate(block, source));
  }
  if (keys.length + certificates.length > 0) return { keys, certificates };
  // Secret stores hold a PFX as base64, and CI jobs often write that to a file without decoding it.
  const isBase64 = /^MI[\w+/\s]+=*\s*$/.test(text);
  throw certificateError(
    source.path,
    isBase64 ? "it is base64 text, perhaps of a PFX file" : "it is neither PEM nor PFX",
    {
      code: "auth.certificate_format",
      hint: isBase64
        ? `Decode it: \`base64 --decode ${source.path} > certificate.pfx\`, and set AZURE_CLIENT_CERTIFICATE_PATH to that`
        : "Set AZURE_CLIENT_CERTIFICATE_PATH to a PEM or PFX file with certificate and key",
    },
  );
}

/**
 * Reads one key. Deno's cryptography takes only one block at a time, knows no Triple DES, and in some versions cannot
 * read old OpenSSL formats.
 */
async function readKey(block: string, label: string, source: CertificateSource): Promise<KeyObject> {
  const { password } = source;
  const isEncrypted = label === "ENCRYPTED PRIVATE KEY" || block.includes("Proc-Type: 4,ENCRYPTED");
  if (isEncrypted && password === undefined) throw wrongPassword(source);
  try {
    return createPrivateKey({ key: block, ...(isEncrypted && { passphrase: password! }) });
  } catch (cause) {
    if (!isEncrypted) throw damaged(source, "key", cause);
    return label === "ENCRYPTED PRIVATE KEY"
      ? await decryptKey(block, source)
      : await decryptOldKey(block, source);
  }
}

async function decryptKey(block: string, source: CertificateSource): Promise<KeyObject> {
  const { forge } = await import("./pfx.ts");
  const open = (password: string) => {
    try {
      const info = forge.asn1.fromDer(forge.pem.decode(block)[0]!.body);
      return forge.pki.decryptPrivateKeyInfo(info, password);
    } catch (cause) {
      // Only this error means an unsupported format: a wrong password yields bytes that are not a key. Keys with
      // modern key derivation are read by Deno itself, given the right password.
      const isUnknown = cause instanceof Error && /Unsupported .*OID/.test(cause.message) &&
        !/derivation function OID/.test(cause.message);
      if (isUnknown) throw tooOld(source, cause);
      return null;
    }
  };
  // PKCS5 encodes the password as UTF-8, PKCS12 does not; they only differ beyond ASCII.
  const opened = open(forge.util.encodeUtf8(source.password!)) ?? open(source.password!);
  if (opened === null) throw wrongPassword(source);
  const key = new Uint8Array(forge.util.binary.raw.decode(forge.asn1.toDer(opened).getBytes()));
  return createPrivateKey({ key: key as never, format: "der", type: "pkcs8" });
}

function tooOld({ path }: CertificateSource, cause: unknown): UserError {
  return certificateError(path, "its key uses an outdated encryption", {
    code: "auth.certificate_kind",
    hint: "Encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem`",
    cause,
  });
}

async function decryptOldKey(block: string, source: CertificateSource): Promise<KeyObject> {
  const { forge } = await import("./pfx.ts");
  try {
    const key = forge.pki.decryptRsaPrivateKey(block, forge.util.encodeUtf8(source.password!));
    return createPrivateKey(forge.pki.privateKeyToPem(key));
  } catch {
    throw wrongPassword(source);
  }
}

function readCertificate(block: string, source: CertificateSource): Certificate {
  try {
    const base64 = block.replaceAll(/-----[^-]+-----|\s/g, "");
    const der = Uint8Array.fromBase64(base64);
    return { x509: new X509Certificate(der as never), der };
  } catch (cause) {
    throw damaged(source, "certificate", cause);
  }
}

function damaged({ path }: CertificateSource, what: string, cause: unknown) {
  return certificateError(path, `a ${what} in it is damaged or of an unknown type`, {
    code: "auth.certificate_format",
    hint: `Check it with \`openssl pkey -in ${path} -noout\` and \`openssl x509 -in ${path} -noout -text\``,
    cause,
  });
}
