import { createHash } from "node:crypto";
import { clientRefused, entraRefused, notGranted } from "./tokens.ts";
import { requestedContexts, requireContexts } from "./mfa.ts";
import type { Authorization, Device } from "../state/user.ts";
import { base64Url, issuePersonToken, requireResource, unsignedJwt } from "./tokens.ts";
import type { World } from "../state/world.ts";

/** Grant types of users; device codes have an older and a newer name. */
const CODE = "authorization_code";
const DEVICE = ["device_code", "urn:ietf:params:oauth:grant-type:device_code"];
const REFRESH = "refresh_token";

/** Whether a token request is for a user. */
export function isGrantOfPeople(grant: string): boolean {
  return [CODE, REFRESH, ...DEVICE].includes(grant);
}

/** Issues a user's tokens for an authorization code, device code or refresh token. @throws {Refusal} */
export async function tokenForPerson(world: World, grant: string, form: URLSearchParams) {
  const client = form.get("client_id") ?? "";
  const { nonce, contexts } = grant === CODE
    ? redeemCode(world, client, form)
    : grant === REFRESH
    ? redeemRefreshToken(world, client, form)
    : redeemDevice(world, client, form);
  const required = requestedContexts(form.get("claims"));
  requireContexts(contexts, required);
  const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope.includes("://"));
  const audience = requireResource(world, (scopes[0] ?? "").replace(/\/(\.default|user_impersonation)$/, ""));
  const refreshToken = `refresh.${world.random.uuid()}`;
  world.people.refreshTokens.set(refreshToken, { client, contexts });
  const { tenant } = world.identity;
  const { name, objectId } = world.people;
  const lifetime = world.tokenLifetimeSeconds;
  return {
    token_type: "Bearer",
    scope: `${audience}/user_impersonation ${audience}/.default`,
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: issuePersonToken(world, audience, { client, contexts: required }),
    refresh_token: refreshToken,
    id_token: idToken(world, client, nonce),
    client_info: base64Url({ uid: objectId, utid: tenant }),
    username: name,
  };
}

function idToken(world: World, client: string, nonce: string | undefined): string {
  const { tenant } = world.identity;
  const { name, objectId } = world.people;
  const now = Math.floor(world.clock.now().getTime() / 1000);
  return unsignedJwt({
    aud: client,
    iss: `${world.links.authority}/${tenant}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + 3600,
    name,
    preferred_username: name,
    oid: objectId,
    sub: objectId,
    tid: tenant,
    ver: "2.0",
    ...(nonce !== undefined && { nonce }),
  });
}

/** The result of a sign-in. */
interface Redeemed {
  readonly nonce?: string | undefined;
  readonly contexts: readonly string[];
}

function redeemCode(world: World, client: string, form: URLSearchParams): Redeemed {
  const code = form.get("code") ?? "";
  const issued = world.people.codes.get(code);
  world.people.codes.delete(code);
  if (issued === undefined) {
    throw notGranted(
      54005,
      "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    );
  }
  requireSame(issued, { client, redirectUri: form.get("redirect_uri") ?? "" });
  const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
  if (challenge !== issued.challenge) {
    throw notGranted(
      501481,
      "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    );
  }
  if (world.people.outcome === "blocked") throw blocked();
  return issued;
}

function requireSame(
  found: Authorization,
  asked: Pick<Authorization, "client" | "redirectUri">,
): void {
  if (found.client !== asked.client) {
    throw clientRefused(
      700005,
      "The provided authorization code is intended to be used against another application.",
    );
  }
  if (found.redirectUri.replace(/\/$/, "") !== asked.redirectUri.replace(/\/$/, "")) {
    throw notGranted(50011, "The redirect URI of the request does not match that of the code.");
  }
}

function redeemDevice(world: World, client: string, form: URLSearchParams): Redeemed {
  const code = form.get("device_code") ?? form.get("code") ?? "";
  const device = world.people.devices.get(code);
  if (device === undefined || device.client !== client) {
    throw notGranted(70000, "Provided grant is invalid or malformed.");
  }
  requireApproved(world, device);
  world.people.devices.delete(code);
  return device;
}

function requireApproved(world: World, device: Device): void {
  const { outcome } = world.people;
  const pending = (code: number, error: string, message: string) =>
    entraRefused({ status: 400, code, error, message });
  if (world.clock.now().getTime() > device.expiresAt) {
    throw pending(
      70020,
      "expired_token",
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
    );
  }
  if (!device.isApproved) {
    throw pending(
      70016,
      "authorization_pending",
      "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    );
  }
  if (outcome === "declined") {
    throw pending(70018, "authorization_declined", "User declined to consent to access the app.");
  }
  if (outcome !== undefined) throw blocked();
}

function redeemRefreshToken(world: World, client: string, form: URLSearchParams): Redeemed {
  const { refreshTokens, rejectRefreshTokensWith } = world.people;
  const issued = refreshTokens.get(form.get("refresh_token") ?? "");
  if (issued === undefined || issued.client !== client) {
    throw notGranted(9002313, "Invalid request. Request is malformed or invalid.");
  }
  if (rejectRefreshTokensWith === undefined) return issued;
  throw notGranted(
    rejectRefreshTokensWith,
    rejectRefreshTokensWith === 700082
      ? "The refresh token has expired due to inactivity. The token was issued on 2026-01-01T00:00:00Z and was inactive for 90.00:00:00."
      : "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
  );
}

function blocked() {
  return notGranted(
    53003,
    "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
  );
}
