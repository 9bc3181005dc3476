import { requireClient } from "./authenticate_client.ts";
import { entraRefused, wrongRequest } from "./tokens.ts";
import { signInPages } from "./pages.ts";
import { isGrantOfPeople, tokenForPerson } from "./sign_in.ts";
import { jsonAnswer } from "../http/refusal.ts";
import { issueToken, requireResource } from "./tokens.ts";
import type { World } from "../state/world.ts";

/** The Entra ID service: configuration, instance discovery, and tokens for the service principal and the user. */
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
    return await token(world, new URLSearchParams(await request.text()));
  }
  const response = await signInPages(world, request, operation);
  if (response !== undefined) return response;
  const message = `No such operation: ${path}`;
  throw entraRefused({ status: 404, code: 900144, error: "invalid_request", message });
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

async function token(world: World, form: URLSearchParams): Promise<Response> {
  const grant = form.get("grant_type") ?? "";
  if (isGrantOfPeople(grant)) return jsonAnswer(await tokenForPerson(world, grant, form));
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
  await requireClient(world, form);
  const audience = requireResource(
    world,
    form.get("resource") ?? (form.get("scope") ?? "").split(" ")[0]!.replace(/\/\.default$/, ""),
  );
  const lifetime = world.tokenLifetimeSeconds;
  return jsonAnswer({
    token_type: "Bearer",
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: issueToken(world, audience),
  });
}
