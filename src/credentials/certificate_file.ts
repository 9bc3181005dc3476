import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { Context } from "../core/context.ts";
import { UserError } from "../core/errors.ts";
import { shellWord } from "../core/untrusted.ts";

/** A certificate with its DER bytes, which `X509Certificate` does not expose in every version of Deno. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly der: Uint8Array<ArrayBuffer>;
}

/** The keys and certificates in a file, not yet matched with each other. */
export interface CertificateFile {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly Certificate[];
}

export interface CertificateSource {
  /** Path as in AZURE_CLIENT_CERTIFICATE_PATH. */
  readonly path: string;
  readonly password: string | undefined;
  readonly clientId: string;
}

/** The bytes of the file in AZURE_CLIENT_CERTIFICATE_PATH. @throws {UserError} `auth.certificate_file`. */
export async function readCertificateFile({ fs, cwd }: Pick<Context, "fs" | "cwd">, path: string) {
  try {
    return await fs.readBytes(resolve(cwd, path));
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    throw certificateError(path, missing ? "file not found" : "the file cannot be read", {
      // auth.certificate_file: The file in AZURE_CLIENT_CERTIFICATE_PATH cannot be read. Set the variable to
      //   a PEM or PFX file.
      code: "auth.certificate_file",
      hint: "Set AZURE_CLIENT_CERTIFICATE_PATH to a PEM or PFX file with certificate and key",
      cause,
    });
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads the keys and certificates of a PEM text, in any order; keys as PKCS1 or PKCS8, encrypted or not.
 *
 * @throws {UserError} `auth.certificate_format`, `auth.certificate_password`.
 */
export function readPem(text: string, source: CertificateSource): CertificateFile {
  const [keys, certificates]: [KeyObject[], Certificate[]] = [[], []];
  for (const [block, label] of text.matchAll(BLOCK)) {
    if (label!.endsWith("PRIVATE KEY")) keys.push(readKey(block, label!, source));
    else if (label!.endsWith("CERTIFICATE")) certificates.push(readCertificate(block, source));
  }
  if (keys.length + certificates.length > 0) return { keys, certificates };
  // Secret stores hold a PFX as base64, and CI jobs often write that to a file without decoding it.
  const isBase64 = /^MI[\w+/\s]+=*\s*$/.test(text);
  throw certificateError(
    source.path,
    isBase64 ? "it is base64 text, perhaps of a PFX file" : "it is neither PEM nor PFX",
    {
      // auth.certificate_format: The certificate file is not PEM or PFX. Convert it, or set
      //   AZURE_CLIENT_CERTIFICATE_PATH to another file.
      code: "auth.certificate_format",
      hint: isBase64
        ? `Decode it: \`base64 --decode ${source.path} > certificate.pfx\`, and set AZURE_CLIENT_CERTIFICATE_PATH to that`
        : "Set AZURE_CLIENT_CERTIFICATE_PATH to a PEM or PFX file with certificate and key",
    },
  );
}

function readKey(block: string, label: string, source: CertificateSource): KeyObject {
  const { password } = source;
  const isEncrypted = label === "ENCRYPTED PRIVATE KEY" || block.includes("Proc-Type: 4,ENCRYPTED");
  if (isEncrypted && password === undefined) throw wrongPassword(source);
  try {
    return createPrivateKey({ key: block, ...(isEncrypted && { passphrase: password! }) });
  } catch (cause) {
    if (!isEncrypted) throw damaged(source, "key", cause);
    throw isReadable(block) ? wrongPassword(source) : tooOld(source, cause);
  }
}

/** AES as it is named in a PKCS8 key: the object identifier 2.16.840.1.101.3.4.1. */
const AES = "\x60\x86\x48\x01\x65\x03\x04\x01";

/** Whether Deno's cryptography can decrypt a key with the right password: not one with DES, nor PKCS8 with Triple DES. */
function isReadable(block: string): boolean {
  if (block.includes("\nDEK-Info: ")) return !block.includes("\nDEK-Info: DES-CBC");
  return Buffer.from(base64Of(block), "base64").toString("latin1").includes(AES);
}

function base64Of(block: string): string {
  return block.replaceAll(/-----[^-]+-----|\s/g, "");
}

function tooOld({ path }: CertificateSource, cause: unknown): UserError {
  return certificateError(path, "its key uses an outdated encryption", {
    // auth.certificate_kind: The certificate's key is not RSA, which Entra ID requires, or its encryption is
    //   outdated. Create a certificate with an RSA key, or encrypt the key again, as the hint says.
    code: "auth.certificate_kind",
    hint: "Encrypt it again: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem`; " +
      "if it is encrypted with DES, add `-provider legacy -provider default`",
    cause,
  });
}

function readCertificate(block: string, source: CertificateSource): Certificate {
  try {
    const der = Uint8Array.fromBase64(base64Of(block));
    return { x509: new X509Certificate(der as never), der };
  } catch (cause) {
    throw damaged(source, "certificate", cause);
  }
}

function damaged({ path }: CertificateSource, what: string, cause: unknown) {
  return certificateError(path, `a ${what} in it is damaged or of an unknown type`, {
    code: "auth.certificate_format",
    hint: `Check it with \`openssl pkey -in ${shellWord(path)} -noout\` and \`openssl x509 -in ${
      shellWord(path)
    } -noout -text\``,
    cause,
  });
}

export function requireRsa({ asymmetricKeyType }: KeyObject, path: string): void {
  if (asymmetricKeyType === "rsa") return;
  throw unsupportedKey(path, `its key has the type "${asymmetricKeyType}"`);
}

export function unsupportedKey(path: string, what: string): UserError {
  return certificateError(path, `${what}; Entra ID accepts RSA keys only`, {
    code: "auth.certificate_kind",
    hint:
      "Create a certificate with an RSA key: `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out " +
      "certificate.pem -days 365 -subj /CN=ci`",
  });
}

export function wrongPassword({ path, password }: CertificateSource): UserError {
  const problem = password === undefined ? "the file needs a password" : "wrong password";
  return certificateError(path, problem, {
    // auth.certificate_password: The certificate file needs another password. Set
    //   AZURE_CLIENT_CERTIFICATE_PASSWORD.
    code: "auth.certificate_password",
    hint: "Set AZURE_CLIENT_CERTIFICATE_PASSWORD to the password of the file",
  });
}

export function certificateError(
  path: string,
  problem: string,
  options: { readonly code: string; readonly hint: string; readonly cause?: unknown },
): UserError {
  return new UserError(`Cannot sign in with the certificate "${path}": ${problem}`, options);
}
