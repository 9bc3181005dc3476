/** The identity in a token, without the token itself. */
export interface Identity {
  /** User name, or the application's name. */
  readonly name: string | undefined;
  readonly kind: "user" | "service principal" | "managed identity" | "unknown";
  readonly objectId: string | undefined;
  /** The application that asks: the service principal's own, or the tool's that a user signed in to. */
  readonly applicationId: string | undefined;
  readonly tenantId: string | undefined;
  readonly expiresAt: Date | undefined;
}

/**
 * Reads the claims of an access token. They are for show only: nothing is decided by them, as the signature is not
 * ours to check. A token that is no JWT has no claims.
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

/** The name that a person is shown under, which is not the user name; for show only, too. */
export function personName(token: string): string | undefined {
  const { name } = readClaims(token);
  return typeof name === "string" ? name : undefined;
}

function readClaims(token: string): Record<string, unknown> {
  try {
    const payload = token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : {};
  } catch {
    return {};
  }
}

function kindOf(claims: Record<string, unknown>): Identity["kind"] {
  if (typeof claims.xms_mirid === "string") return "managed identity";
  if (claims.idtyp === "app" || (claims.upn === undefined && claims.scp === undefined && claims.appid)) {
    return "service principal";
  }
  return claims.scp !== undefined || claims.upn !== undefined ? "user" : "unknown";
}
