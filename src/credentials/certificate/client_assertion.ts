import type { CredentialContext } from "../credential.ts";
import type { ClientCertificate } from "./client_certificate.ts";

/** Long enough for a slow response of Entra ID, short enough to limit misuse. */
const LIFETIME_S = 10 * 60;

/** The contents of an assertion. */
export interface AssertionClaims {
  readonly clientId: string;
  /** The token endpoint that the assertion is for. */
  readonly audience: string;
  /** Whether to include the certificate chain, for applications that trust an issuer and subject name. */
  readonly sendsChain: boolean;
}

/** Signs the assertion (PS256, RFC 7523) with which a service principal authenticates; valid for ten minutes. */
export async function signAssertion(
  { clock, random }: Pick<CredentialContext, "clock" | "random">,
  { key, certificate, chain }: ClientCertificate,
  { clientId, audience, sendsChain }: AssertionClaims,
): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000);
  const thumbprint = await crypto.subtle.digest("SHA-256", certificate.der);
  const header = {
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": base64Url(thumbprint),
    ...(sendsChain && { x5c: [certificate, ...chain].map(({ der }) => der.toBase64()) }),
  };
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: random.uuid(),
    nbf: now,
    iat: now,
    exp: now + LIFETIME_S,
  };
  const signed = [header, claims].map((part) => base64Url(encode(JSON.stringify(part)))).join(".");
  const pkcs8 = new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign({ name: "RSA-PSS", saltLength: 32 }, signer, encode(signed));
  return `${signed}.${base64Url(signature)}`;
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64Url(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string {
  return new Uint8Array(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}
