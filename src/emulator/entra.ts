import { isManagementAudience, isMlAudience, issueToken } from "./tokens.ts";
import { json, Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** Entra ID: configuration, instance discovery, and tokens for the one service principal. */
export async function entra(world: World, request: Request, path: string): Promise<Response> {
  if (path === "/common/discovery/instance") return json(instance(world));
  const [tenant = "", ...rest] = path.slice(1).split("/");
  const operation = rest.join("/");
  if (/^(v2\.0\/)?\.well-known\/openid-configuration$/.test(operation)) {
    requireTenant(world, tenant);
    return json(configuration(world, tenant));
  }
  if (request.method === "POST" && /^oauth2\/(v2\.0\/)?token$/.test(operation)) {
    requireTenant(world, tenant);
    return token(world, new URLSearchParams(await request.text()));
  }
  throw entraError(world, 404, 900144, "invalid_request", `No such operation: ${path}`);
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
  throw entraError(
    world,
    400,
    90002,
    "invalid_request",
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

function token(world: World, form: URLSearchParams): Response {
  const { client, secret, tenant } = world.identity;
  const grant = form.get("grant_type");
  if (grant !== "client_credentials") {
    throw entraError(
      world,
      400,
      70003,
      "unsupported_grant_type",
      `The app requested an unsupported grant type '${grant}'.`,
    );
  }
  if (form.get("client_id") !== client) {
    throw entraError(
      world,
      400,
      700016,
      "unauthorized_client",
      `Application with identifier '${
        form.get("client_id")
      }' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  }
  if (form.get("client_secret") !== secret) {
    throw entraError(
      world,
      401,
      7000215,
      "invalid_client",
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`,
    );
  }
  const audience = form.get("resource") ??
    (form.get("scope") ?? "").split(" ")[0]!.replace(/\/\.default$/, "");
  requireResource(world, audience);
  const lifetime = world.tokenLifetimeSeconds;
  return json({
    token_type: "Bearer",
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: issueToken(world, audience),
  });
}

function requireResource(world: World, audience: string): void {
  const isStorage = /^https:\/\/([a-z0-9]+\.blob\.core\.windows\.net|storage\.azure\.com)\/?$/.test(audience);
  if (isManagementAudience(world, audience) || isMlAudience(audience) || isStorage) return;
  throw entraError(
    world,
    400,
    500011,
    "invalid_resource",
    `The resource principal named ${audience} was not found in the tenant named ${world.identity.tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

function entraError(world: World, status: number, code: number, error: string, message: string): Refusal {
  const [trace, correlation] = [world.random.uuid(), world.random.uuid()];
  const timestamp = world.clock.now().toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
  const description =
    `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return new Refusal(description, {
    status,
    code: error,
    body: {
      error,
      error_description: description,
      error_codes: [code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `${world.links.authority}/error?code=${code}`,
    },
  });
}
