import type { Seed } from "../fakes/emulator.ts";
import { APP, TENANT } from "./entra.ts";

/** A CI system that signs assertions, and the seed for its trust in Entra ID. */
export interface Ci {
  /** The federated credential. */
  readonly seed: Seed;
  /** Signs an assertion that is valid for five minutes from `now`. */
  sign(now: Date, changed?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Creates a CI system with its own key. */
export async function createCi(): Promise<Ci> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const made = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(made, true, ["sign", "verify"]);
  const named = {
    issuer: "https://ci.example.org",
    subject: "repo:o/r:main",
    audience: "api://AzureADTokenExchange",
  };
  const keys = [await crypto.subtle.exportKey("jwk", publicKey)];
  return {
    seed: { tenant: TENANT, client: APP, federations: [{ ...named, keys }] },
    async sign(now, changed = {}) {
      const iat = Math.floor(now.getTime() / 1000);
      const { issuer: iss, subject: sub, audience: aud } = named;
      const claims = { iss, sub, aud, iat, nbf: iat, exp: iat + 300, ...changed };
      const signed = [{ alg: "RS256" }, claims].map((part) => base64Url(JSON.stringify(part))).join(".");
      const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed));
      return `${signed}.${base64Url(String.fromCharCode(...new Uint8Array(signature)))}`;
    },
  };
}

function base64Url(bytes: string): string {
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
