import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import {
  type Certificate,
  certificateError,
  type CertificateFile,
  type CertificateSource,
  readCertificateFile,
  readPem,
  requireRsa,
} from "./certificate_file.ts";
import type { CredentialContext } from "./credential.ts";

/** Long enough for a slow response of Entra ID, short enough to limit misuse. */
const LIFETIME_S = 10 * 60;

/** Signs the assertion (PS256, RFC 7523) with which a service principal authenticates; valid for ten minutes. */
export async function signAssertion(
  { clock, random }: Pick<CredentialContext, "clock" | "random">,
  { key, certificate, chain }: Awaited<ReturnType<typeof readClientCertificate>>,
  { clientId, audience, sendsChain }: {
    readonly clientId: string;
    /** The token endpoint that the assertion is for. */
    readonly audience: string;
    /** Whether to include the certificate chain, for applications that trust an issuer and subject name. */
    readonly sendsChain: boolean;
  },
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

/**
 * Reads a service principal's certificate and key from one file: PEM, in any order, or PFX.
 *
 * @throws {UserError} `auth.certificate_*`, which says what is wrong with the file.
 */
export async function readClientCertificate(
  ctx: Pick<CredentialContext, "fs" | "cwd" | "clock">,
  source: CertificateSource,
) {
  const bytes = await readCertificateFile(ctx, source.path);
  const { keys, certificates } = await open(bytes, source);
  if (certificates.length === 0) {
    throw certificateError(source.path, "the file has no certificate", {
      // auth.certificate_missing: The certificate file has no certificate. Put the certificate and the key
      //   into one file.
      code: "auth.certificate_missing",
      hint: "Put certificate and key into one file: `cat key.pem certificate.pem > both.pem`",
    });
  }
  if (keys.length === 0) {
    throw certificateError(source.path, "the file has no private key", {
      // auth.certificate_no_key: The certificate file has no private key for the certificate. Put both into
      //   one file.
      code: "auth.certificate_no_key",
      hint: "Put certificate and key into one file: `cat key.pem certificate.pem > both.pem`",
    });
  }
  const matched = pair(keys, certificates);
  if (matched === undefined) {
    requireKnown(keys, source.path);
    throw certificateError(source.path, "the private key does not match any certificate in the file", {
      code: "auth.certificate_no_key",
      hint: "Put the key that the certificate was created with into the file",
    });
  }
  requireRsa(matched.key, source.path);
  requireValid(matched.certificate.x509, ctx.clock.now(), source);
  return { ...matched, chain: chainOf(matched.certificate, certificates) };
}

/** Orders the issuing certificates from the leaf upwards, whatever their order in the file. */
function chainOf(leaf: Certificate, certificates: readonly Certificate[]): Certificate[] {
  const rest = new Set(certificates.filter((certificate) => certificate !== leaf));
  const chain: Certificate[] = [];
  for (let current: Certificate | undefined = leaf; current !== undefined; current = chain.at(-1)) {
    const issuer: Certificate | undefined = [...rest].find(({ x509 }) =>
      x509.subject === current!.x509.issuer
    );
    if (issuer === undefined) break;
    rest.delete(issuer);
    chain.push(issuer);
  }
  return chain;
}

async function open(bytes: Uint8Array<ArrayBuffer>, source: CertificateSource): Promise<CertificateFile> {
  // A DER sequence starts with 0x30 and, at this size, a length byte of at least 0x80; text never does.
  if (bytes[0] === 0x30 && bytes[1]! >= 0x80) return (await import("./pfx.ts")).readPfx(bytes, source);
  return readPem(new TextDecoder().decode(bytes), source);
}

function pair(keys: readonly KeyObject[], certificates: readonly Certificate[]) {
  for (const key of keys) {
    const own = spki(() => createPublicKey(key as unknown as Parameters<typeof createPublicKey>[0]));
    const certificate = certificates.find(({ x509 }) => spki(() => x509.publicKey) === own);
    if (certificate !== undefined) return { key, certificate };
  }
  return undefined;
}

/** The public key as base64; `undefined` for key types that this version of Deno does not support. */
function spki(keyOf: () => KeyObject): string | undefined {
  try {
    return keyOf().export({ type: "spki", format: "der" }).toString("base64");
  } catch (thrown) {
    if (thrown instanceof TypeError) return undefined;
    throw thrown;
  }
}

/** Reports keys of a type that Deno does not support as such, instead of as not matching. */
function requireKnown(keys: readonly KeyObject[], path: string): void {
  const isKnown = ({ asymmetricKeyType: kind }: KeyObject) => kind === "rsa" || kind === "ec";
  if (!keys.some(isKnown)) requireRsa(keys[0]!, path);
}

function requireValid(
  { validFrom, validTo }: X509Certificate,
  now: Date,
  { path, clientId }: CertificateSource,
): void {
  const [from, to] = [new Date(validFrom), new Date(validTo)];
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (now > to) {
    throw certificateError(path, `it expired on ${day(to)}`, {
      // auth.certificate_expired: The client certificate has expired. Create a new one and add it to the
      //   application.
      code: "auth.certificate_expired",
      hint: `Create a new certificate and add it: \`az ad app credential reset --id ${clientId} --cert ` +
        "@certificate.pem --append`",
    });
  }
  if (now < from) {
    throw certificateError(path, `it is valid from ${day(from)}, but this machine's clock says ${day(now)}`, {
      // auth.certificate_not_yet: The client certificate is not valid yet. Correct this machine's clock, or
      //   wait.
      code: "auth.certificate_not_yet",
      hint: "Set this machine's clock (`timedatectl set-ntp true`), or wait",
    });
  }
}
