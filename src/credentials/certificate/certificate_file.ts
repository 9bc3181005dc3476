import type { KeyObject, X509Certificate } from "node:crypto";
import { ExitCode, UserError } from "../../core/errors.ts";

/** A certificate, and its bytes as DER: not every Deno gives them of the former. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly der: Uint8Array<ArrayBuffer>;
}

/** What a file holds, before it is known what belongs together. */
export interface CertificateFile {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly Certificate[];
}

/** Where a certificate is, and what opens it. */
export interface CertificateSource {
  /** As the variable has it. */
  readonly path: string;
  readonly password: string | undefined;
  /** The application that it is for. */
  readonly clientId: string;
}

/** Entra ID takes RSA keys only. */
export function unsupportedKey(path: string, what: string): UserError {
  return certificateError(path, `${what}, and Entra ID takes RSA keys only`, {
    code: "auth.certificate_kind",
    hint:
      "Make a certificate with an RSA key: `openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out " +
      "certificate.pem -days 365 -subj /CN=ci`",
  });
}

/** The password of a file is not the one that it was made with, or is missing. */
export function wrongPassword({ path, password }: CertificateSource): UserError {
  const problem = password === undefined ? "it needs a password" : "the password does not open it";
  return certificateError(path, problem, {
    code: "auth.certificate_password",
    hint: "Set AZURE_CLIENT_CERTIFICATE_PASSWORD to the password that the file was made with",
  });
}

/** Says what is wrong with a certificate file. */
export function certificateError(
  path: string,
  problem: string,
  options: { readonly code: string; readonly hint: string; readonly cause?: unknown },
): UserError {
  return new UserError(`Cannot sign in with the certificate "${path}": ${problem}`, {
    exit: ExitCode.Auth,
    ...options,
  });
}
