import type { KeyObject, X509Certificate } from "node:crypto";
import { UserError } from "../core/errors.ts";

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

/** A certificate file and its password. */
export interface CertificateSource {
  /** Path as in AZURE_CLIENT_CERTIFICATE_PATH. */
  readonly path: string;
  readonly password: string | undefined;
  /** Client id of the application that uses the certificate. */
  readonly clientId: string;
}

/** The error for a key that Entra ID does not accept. */
export function unsupportedKey(path: string, what: string): UserError {
  return certificateError(path, `${what}; Entra ID accepts RSA keys only`, {
    code: "auth.certificate_kind",
    hint:
      "Create a certificate with an RSA key: `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out " +
      "certificate.pem -days 365 -subj /CN=ci`",
  });
}

/** The error for a wrong or missing password. */
export function wrongPassword({ path, password }: CertificateSource): UserError {
  const problem = password === undefined ? "the file needs a password" : "wrong password";
  return certificateError(path, problem, {
    code: "auth.certificate_password",
    hint: "Set AZURE_CLIENT_CERTIFICATE_PASSWORD to the password of the file",
  });
}

/** The error for a certificate file that cannot be used. */
export function certificateError(
  path: string,
  problem: string,
  options: { readonly code: string; readonly hint: string; readonly cause?: unknown },
): UserError {
  return new UserError(`Cannot sign in with the certificate "${path}": ${problem}`, options);
}
