import { Buffer } from "node:buffer";
import { trimEnd } from "../../core/format.ts";
import type { World } from "../state/world.ts";
import { entraRefused, jsonAnswer, Refusal, UNKNOWN_ROUTE } from "./refusal.ts";

/** The Entra ID service: configuration, instance discovery, and tokens for the service principal. */
export async function entra(world: World, request: Request, path: string): Promise<Response> {
  if (path === "/common/discovery/instance") return jsonAnswer(instance(world));
  const [tenant = "", ...rest] = path.slice(1).split("/");
  const operation = rest.join("/");
  if (/^(v2\.0\/)?\.well-known\/openid-configuration$/.test(operation)) {
    requireTenant(world, tenant);
    return jsonAnswer(configuration(world, tenant));
  }
  if (request.method === "POST" && /^oauth2\/(v2\.0\/)?token$/.test(operation)) {
    requireTenant(world, tenant);
    return token(world, new URLSearchParams(await request.text()));
  }
  throw UNKNOWN_ROUTE.entra(path);
}

function configuration(world: World, tenant: string) {
  const base = `${world.links.authority}/${tenant}`;
  const host = new URL(world.links.authority).host;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    tenant_region_scope: "WW",
    cloud_instance_name: host.replace(/^login\./, ""),
  };
}

function instance(world: World) {
  const host = new URL(world.links.authority).host;
  return {
    tenant_discovery_endpoint:
      `${world.links.authority}/${world.identity.tenant}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

function requireTenant(world: World, tenant: string): void {
  if (tenant.toLowerCase() === world.identity.tenant.toLowerCase()) return;
  if (["organizations", "common", "adfs"].includes(tenant)) return;
  throw wrongRequest(
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

/** Lifetime of a token unless it is asked for another, in seconds. */
const LIFETIME_S = 86_399;

function token(world: World, form: URLSearchParams): Response {
  const grant = form.get("grant_type") ?? "";
  if (grant !== "client_credentials") {
    throw entraRefused({
      status: 400,
      code: 70003,
      error: "unsupported_grant_type",
      message: `The app requested an unsupported grant type '${grant}'.`,
    });
  }
  const { client, tenant } = world.identity;
  if (form.get("client_id") !== client) {
    throw entraRefused({
      status: 400,
      code: 700016,
      error: "unauthorized_client",
      message: `Application with identifier '${
        form.get("client_id")
      }' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    });
  }
  requireSecret(world, form.get("client_secret"));
  const audience = requireResource(
    world,
    form.get("resource") ?? (form.get("scope") ?? "").split(" ")[0]!.replace(/\/\.default$/, ""),
  );
  return jsonAnswer({
    token_type: "Bearer",
    expires_in: LIFETIME_S,
    ext_expires_in: LIFETIME_S,
    access_token: issueToken(world, audience),
  });
}

/** @throws {Refusal} unless the service principal shows its secret. */
function requireSecret({ identity: { client, secret } }: World, shown: string | null): void {
  if (shown === null) {
    throw clientRefused(
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
  if (shown === secret) return;
  throw clientRefused(
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`,
  );
}

/** What is read of a token that was issued here. */
interface Claims {
  readonly aud: string;
  /** In seconds since 1970. */
  readonly exp: number;
}

/** Issues a token to the service principal, or to whom the claims name. */
export function issueToken(
  world: World,
  audience: string,
  { lifetimeSeconds = LIFETIME_S, claims = {} }: {
    /** It has expired already if this is 0 or less. */
    readonly lifetimeSeconds?: number;
    readonly claims?: Readonly<Record<string, unknown>>;
  } = {},
): string {
  const { client, tenant, objectId } = world.identity;
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const all = {
    aud: audience,
    iss: `https://sts.windows.net/${tenant}/`,
    tid: tenant,
    sub: claims.oid ?? objectId,
    iat: now,
    nbf: now,
    exp: now + lifetimeSeconds,
    ver: "1.0",
    jti: world.random.uuid(),
    oid: objectId,
    appid: client,
    idtyp: "app",
    ...claims,
  };
  const token = [base64Url({ alg: "none", typ: "JWT" }), base64Url(all), "emulator"].join(".");
  world.tokens.set(token, true);
  return token;
}

/** Returns the audience if tokens are issued for it. @throws {Refusal} AADSTS500011 otherwise. */
export function requireResource(world: Pick<World, "identity" | "links">, audience: string): string {
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

/** Whether a token was issued here, has not expired, and is for an audience. */
export function isGoodToken(world: World, token: string, isAudience: (audience: string) => boolean): boolean {
  const claims = world.tokens.has(token) ? readClaims(token) : undefined;
  return claims !== undefined && claims.exp * 1000 > world.clock.now().getTime() && isAudience(claims.aud);
}

export function isManagementAudience({ links }: Pick<World, "links">, audience: string): boolean {
  const bare = trimEnd(audience, "/");
  return bare === "https://management.azure.com" || bare === "https://management.core.windows.net" ||
    bare === links.resourceManager;
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

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export function clientRefused(code: number, message: string): Refusal {
  return entraRefused({ status: 401, code, error: "invalid_client", message });
}

export function wrongRequest(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_request", message });
}
