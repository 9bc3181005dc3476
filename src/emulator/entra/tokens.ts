import { Buffer } from "node:buffer";
import { trimEnd } from "../../core/format.ts";
import { Refusal } from "../http/refusal.ts";
import type { World } from "../state/world.ts";

/** Claims of a token. Times are in seconds since 1970. */
export interface Claims {
  readonly aud: string;
  readonly iss: string;
  readonly tid: string;
  readonly oid: string;
  readonly appid: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly ver: string;
  readonly idtyp?: string;
  /** Authentication contexts that were satisfied. */
  readonly acrs?: readonly string[];
}

/** Issues a token to the service principal. */
export function issueToken(
  world: World,
  audience: string,
  lifetimeSeconds = world.tokenLifetimeSeconds,
): string {
  const { client, objectId } = world.identity;
  return issue(world, audience, lifetimeSeconds, { oid: objectId, appid: client, idtyp: "app" });
}

/** Issues a token to the user, for the application that they signed in to. */
export function issuePersonToken(
  world: World,
  audience: string,
  { client, contexts }: { readonly client: string; readonly contexts: readonly string[] },
): string {
  const { name, objectId } = world.people;
  const claims = {
    oid: objectId,
    appid: client,
    idtyp: "user",
    upn: name,
    scp: "user_impersonation",
    ...(contexts.length > 0 && { acrs: contexts }),
  };
  return issue(world, audience, world.tokenLifetimeSeconds, claims);
}

function issue(
  world: World,
  audience: string,
  lifetimeSeconds: number,
  whose: Pick<Claims, "oid" | "appid"> & Readonly<Record<string, unknown>>,
): string {
  const { tenant } = world.identity;
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const claims: Claims & { readonly jti: string; readonly sub: string } = {
    aud: audience,
    iss: `https://sts.windows.net/${tenant}/`,
    tid: tenant,
    sub: whose.oid,
    iat: now,
    nbf: now,
    exp: now + lifetimeSeconds,
    ver: "1.0",
    jti: world.random.uuid(),
    ...whose,
  };
  const token = unsignedJwt(claims);
  world.tokens.set(token, true);
  return token;
}

/** Encodes an unsigned JWT. */
export function unsignedJwt(claims: unknown): string {
  return [base64Url({ alg: "none", typ: "JWT" }), base64Url(claims), "emulator"].join(".");
}

/** Returns the audience if tokens are issued for it. @throws {Refusal} AADSTS500011 otherwise. */
export function requireResource(world: World, audience: string): string {
  const isStorage = /^https:\/\/([a-z0-9]+\.blob\.core\.windows\.net|storage\.azure\.com)\/?$/.test(audience);
  if (isManagementAudience(world, audience) || isMlAudience(audience) || isStorage) return audience;
  throw entraRefused({
    status: 400,
    code: 500011,
    error: "invalid_resource",
    message:
      `The resource principal named ${audience} was not found in the tenant named ${world.identity.tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  });
}

/** Requires a valid bearer token for an audience. @throws {Refusal} 401 in Resource Manager's format. */
export function requireBearer(
  world: World,
  request: Request,
  isAudience: (audience: string) => boolean,
): void {
  const header = request.headers.get("authorization");
  if (header === null) {
    throw unauthorized(
      world,
      "AuthenticationFailed",
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const token = bearerOf(header);
  const claims = world.tokens.has(token) ? readClaims(token) : undefined;
  if (claims === undefined) {
    throw unauthorized(world, "InvalidAuthenticationToken", "The access token is invalid.");
  }
  const now = world.clock.now();
  if (claims.exp * 1000 <= now.getTime()) {
    const expiry = new Date(claims.exp * 1000).toISOString();
    throw unauthorized(
      world,
      "ExpiredAuthenticationToken",
      `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${now.toISOString()}'.`,
    );
  }
  if (!isAudience(claims.aud)) {
    throw unauthorized(
      world,
      "InvalidAuthenticationTokenAudience",
      "The access token has been obtained for wrong audience or resource " +
        `'${claims.aud}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'.`,
    );
  }
}

/** The token of an `Authorization` header; empty if it has none. */
export function bearerOf(header: string): string {
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? "";
}

/** The claims of a request's bearer token, which {@linkcode requireBearer} has checked. */
export function bearerClaims(request: Request): Claims {
  return readClaims(bearerOf(request.headers.get("authorization") ?? ""));
}

/** Whether a token was issued here, has not expired, and is for an audience. */
export function isGoodToken(world: World, token: string, isAudience: (audience: string) => boolean): boolean {
  const claims = world.tokens.has(token) ? readClaims(token) : undefined;
  return claims !== undefined && claims.exp * 1000 > world.clock.now().getTime() && isAudience(claims.aud);
}

/** Whether an audience is Resource Manager. */
export function isManagementAudience(world: World, audience: string): boolean {
  const bare = trimEnd(audience, "/");
  return bare === "https://management.azure.com" || bare === "https://management.core.windows.net" ||
    bare === world.links.resourceManager;
}

/** Whether an audience is Azure ML; in custom clouds the SDK derives it from the portal's name. */
export function isMlAudience(audience: string): boolean {
  return /^https:\/\/ml\.azure\.[^/]+\/?$/.test(audience);
}

function unauthorized(world: World, code: string, message: string): Refusal {
  const authority = `${world.links.authority}/${world.identity.tenant}`;
  return new Refusal(message, {
    status: 401,
    from: "gateway",
    code,
    headers: {
      "www-authenticate":
        `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${message}"`,
    },
  });
}

function readClaims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
}

/** Encodes a JSON value in base64url. */
export function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** An error of Entra ID. */
interface EntraRefusal {
  readonly status: number;
  /** Number of the AADSTS code. */
  readonly code: number;
  /** The OAuth error, such as `invalid_client`. */
  readonly error: string;
  readonly message: string;
}

/** Creates an error response of Entra ID. */
export function entraRefused({ status, code, error, message }: EntraRefusal): Refusal {
  return new Refusal(message, {
    status,
    code: error,
    makeBody: (world) => problemBody(world, { code, error, message }),
  });
}

/** Creates an error for failed client authentication. */
export function clientRefused(code: number, message: string): Refusal {
  return entraRefused({ status: 401, code, error: "invalid_client", message });
}

/** Creates an error for an invalid grant. */
export function notGranted(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_grant", message });
}

/** Creates an error with status 400. */
export function wrongRequest(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_request", message });
}

/** The fields of an Entra ID error; a redirect carries only the first two. */
export function problemBody(world: World, { code, error, message }: Omit<EntraRefusal, "status">) {
  const [trace, correlation] = [world.random.uuid(), world.random.uuid()];
  const timestamp = world.clock.now().toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
  return {
    error,
    error_description:
      `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `${world.links.authority}/error?code=${code}`,
  };
}
