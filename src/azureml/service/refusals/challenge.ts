import { decodeJsonObject } from "../../../core/text/encoded_json.ts";
import { isGuid } from "../../../core/text/names.ts";
import type { AzureProblem } from "./read.ts";

/** What Azure requires of another token when it refuses one. */
export interface TokenChallenge {
  /** JSON of the claims that the token must have. */
  readonly claims?: string;
  /** Tenant that must issue the token. */
  readonly tenant?: string;
}

type Header = (name: string) => string | undefined;

/**
 * Reads what a 401 response requires: claims (`error="insufficient_claims"`, Azure's response to writes without
 * multi-factor authentication), or another tenant. Parsed as in azure-core (`_authentication.py`, `on_challenge`).
 *
 * @param header Returns a response header by its lowercase name.
 * @returns `undefined` if another token would not help.
 */
export function readChallenge(header: Header, azure: AzureProblem | undefined): TokenChallenge | undefined {
  const claims = claimsOf(header);
  const tenant = tenantOf(header, azure);
  if (claims !== undefined) return { claims, ...(tenant !== undefined && isGuid(tenant) && { tenant }) };
  if (azure?.code !== "InvalidAuthenticationTokenTenant" || tenant === undefined || !isGuid(tenant)) {
    return undefined;
  }
  return { tenant };
}

/** Whether a response says that the token lacks claims. */
export function lacksClaims(header: Header): boolean {
  return /error="?insufficient_claims/i.test(header("www-authenticate") ?? "");
}

/** The tenant that a response names as the right one. */
export function tenantOf(header: Header, azure: AzureProblem | undefined): string | undefined {
  return /must match (?:the tenant|one of the tenants) '?https:\/\/[^/]+\/([^/',]+)/.exec(
    azure?.message ?? "",
  )?.[1] ??
    /authorization_uri="?https:\/\/[^/]+\/([^/",]+)/.exec(header("www-authenticate") ?? "")?.[1];
}

function claimsOf(header: Header): string | undefined {
  if (!lacksClaims(header)) return undefined;
  const encoded = /\bclaims="?([A-Za-z0-9+/_=-]+)/.exec(header("www-authenticate") ?? "")?.[1];
  return encoded === undefined ? undefined : decodeJsonObject(encoded)?.text;
}
