import { Buffer } from "node:buffer";
import { createHash, X509Certificate } from "node:crypto";
import { ownValue } from "../../../src/core/json.ts";
import { clientRefused } from "../../../src/emulator/http/entra.ts";
import type { World } from "../../../src/emulator/state/world.ts";

/** What sign-ins need to know of an emulator. */
export type EntraPlace = Pick<World, "clock" | "identity" | "links" | "random">;

/** How the service principal may authenticate besides with its secret. */
export interface AssertionSeed {
  /** Certificates of the service principal, in PEM. */
  readonly certificates?: readonly string[];
  /** Issuers whose assertions authenticate the service principal. */
  readonly federations?: readonly FederationSeed[];
}

/** An issuer whose assertions authenticate the service principal. */
export interface FederationSeed {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly keys: readonly JsonWebKey[];
}

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * Authenticates the service principal by an assertion signed with one of its certificates, or by one of a trusted
 * issuer.
 *
 * @returns Whether the form has an assertion, which is then good.
 * @throws {Refusal} in Entra ID's format.
 */
export async function isAsserted(
  place: EntraPlace,
  seed: AssertionSeed,
  form: URLSearchParams,
): Promise<boolean> {
  const assertion = form.get("client_assertion");
  const { client } = place.identity;
  if (form.has("client_secret") || form.get("client_id") !== client) return false;
  if (assertion === null || form.get("client_assertion_type") !== ASSERTION) return false;
  const parsed = parse(assertion);
  requireTime(place, parsed.claims);
  if (parsed.claims.iss === client) await requireCertificate(place, seed.certificates ?? [], parsed);
  else await requireFederation(seed.federations ?? [], parsed);
  return true;
}

interface Assertion {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

function parse(assertion: string): Assertion {
  try {
    const [header, claims, signature, ...rest] = assertion.split(".");
    if (signature === undefined || rest.length > 0) throw new SyntaxError("Not three parts");
    return {
      header: JSON.parse(Buffer.from(header!, "base64url").toString()),
      claims: JSON.parse(Buffer.from(claims!, "base64url").toString()),
      signed: new TextEncoder().encode(`${header}.${claims}`),
      signature: Uint8Array.fromBase64(signature, { alphabet: "base64url" }),
    };
  } catch {
    throw clientRefused(50027, "JWT token is invalid or malformed.");
  }
}

function requireTime({ clock }: EntraPlace, { nbf, exp }: Assertion["claims"]): void {
  const now = clock.now().getTime() / 1000;
  const skew = 300;
  if (Number(exp) + skew > now && Number(nbf ?? 0) - skew < now) return;
  const shown = (seconds: unknown) => new Date(Number(seconds) * 1000).toISOString();
  throw clientRefused(
    700024,
    `Client assertion is not within its valid time range. Current time: ${
      shown(now)
    }, expiry time of assertion ${
      shown(exp)
    }. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`,
  );
}

async function requireCertificate(
  { identity: { client, tenant }, links }: EntraPlace,
  pems: readonly string[],
  { header, claims, signed, signature }: Assertion,
) {
  if (claims.sub !== client) {
    throw clientRefused(
      700021,
      "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    );
  }
  const audience = String(claims.aud);
  if (
    ![`/${tenant}/v2.0`, `/${tenant}/oauth2/v2.0/token`, `/${tenant}/oauth2/token`].some((end) =>
      audience === `${links.authority}${end}`
    )
  ) {
    throw clientRefused(700023, "Client assertion audience claim does not match Realm issuer.");
  }
  const certificates = pems.map((pem) => new X509Certificate(pem));
  const registered = certificates.find(({ raw }) =>
    unpadded(header["x5t#S256"]) === thumbprint(raw, "sha256") ||
    unpadded(header.x5t) === thumbprint(raw, "sha1")
  );
  if (registered === undefined) {
    throw clientRefused(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${client}'.]`,
    );
  }
  const key = new Uint8Array(registered.publicKey.export({ type: "spki", format: "der" }));
  if (await verifies("spki", key, header.alg, { signed, signature })) return;
  throw clientRefused(
    700027,
    "Client assertion failed signature validation. [Reason - The key was found, but use of the key to verify the signature failed.]",
  );
}

/** A thumbprint without base64 padding, which the Azure CLI includes. */
function unpadded(thumbprint: unknown): string {
  return String(thumbprint).replace(/=+$/, "");
}

function thumbprint(der: Uint8Array, hash: "sha1" | "sha256"): string {
  return createHash(hash).update(der).digest("base64url");
}

async function requireFederation(
  federations: readonly FederationSeed[],
  { header, claims, signed, signature }: Assertion,
) {
  const named = `'${claims.iss}'`;
  const hasField =
    (field: keyof Omit<FederationSeed, "keys">, claim: unknown) => (federation: FederationSeed) =>
      federation[field] === claim;
  const refused = (code: number, what: string) =>
    clientRefused(
      code,
      `No matching federated identity record found for presented assertion ${what}. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    );
  const issuers = federations.filter(hasField("issuer", claims.iss));
  if (issuers.length === 0) throw refused(700211, `issuer ${named}`);
  const audiences = issuers.filter(hasField("audience", claims.aud));
  if (audiences.length === 0) throw refused(700212, `audience '${claims.aud}'`);
  const federation = audiences.find(hasField("subject", claims.sub));
  if (federation === undefined) throw refused(700213, `subject '${claims.sub}'`);
  for (const key of federation.keys) {
    const isForAlgorithm = key.alg === undefined || key.alg === header.alg;
    if (isForAlgorithm && await verifies("jwk", key, header.alg, { signed, signature })) return;
  }
  throw clientRefused(50013, "Assertion failed signature validation.");
}

/** Signature algorithms that Entra ID accepts. */
const ALGORITHMS: Readonly<Record<string, { readonly name: string; readonly saltLength?: number }>> = {
  PS256: { name: "RSA-PSS", saltLength: 32 },
  RS256: { name: "RSASSA-PKCS1-v1_5" },
};

async function verifies(
  format: "spki" | "jwk",
  key: Uint8Array<ArrayBuffer> | JsonWebKey,
  alg: unknown,
  { signed, signature }: Pick<Assertion, "signed" | "signature">,
): Promise<boolean> {
  const algorithm = ownValue(ALGORITHMS, String(alg));
  if (algorithm === undefined) return false;
  const imported = await crypto.subtle.importKey(
    format as "jwk",
    key as JsonWebKey,
    { name: algorithm.name, hash: "SHA-256" },
    false,
    ["verify"],
  );
  return await crypto.subtle.verify(algorithm, imported, signature, signed);
}
