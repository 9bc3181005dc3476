import { decodeJsonObject } from "../core/encoding.ts";

/** The identity in a token, without the token itself. */
export interface Identity {
  /** User principal name, or the application's name. */
  readonly name: string | undefined;
  readonly kind: "user" | "service principal" | "managed identity" | "unknown";
  readonly objectId: string | undefined;
  /** Client id: the service principal's own, or that of the tool a user signed in with. */
  readonly applicationId: string | undefined;
  readonly tenantId: string | undefined;
  readonly expiresAt: Date | undefined;
}

/**
 * Reads the identity in an access token. Its signature is not verified, so it is for display only and must not be
 * used for decisions. A token that is not a JWT yields no values.
 */
export function readIdentity(token: string): Identity {
  const claims = readClaims(token);
  const text = (name: string) => typeof claims[name] === "string" ? claims[name] as string : undefined;
  return {
    name: text("upn") ?? text("unique_name") ?? text("preferred_username") ?? text("app_displayname") ??
      text("name"),
    kind: kindOf(claims),
    objectId: text("oid"),
    applicationId: text("appid") ?? text("azp"),
    tenantId: text("tid"),
    expiresAt: typeof claims.exp === "number" ? new Date(claims.exp * 1000) : undefined,
  };
}

/** The person's display name in a token; for display only, too. */
export function personName(token: string): string | undefined {
  const { name } = readClaims(token);
  return typeof name === "string" ? name : undefined;
}

function readClaims(token: string): Readonly<Record<string, unknown>> {
  return decodeJsonObject(token.split(".")[1] ?? "")?.value ?? {};
}

function kindOf(claims: Readonly<Record<string, unknown>>): Identity["kind"] {
  if (typeof claims.xms_mirid === "string") return "managed identity";
  if (claims.idtyp === "app" || (claims.upn === undefined && claims.scp === undefined && claims.appid)) {
    return "service principal";
  }
  return claims.scp !== undefined || claims.upn !== undefined ? "user" : "unknown";
}
