import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { fields, parsedJson } from "../../../src/core/json.ts";
import { escaped } from "../../../src/core/untrusted.ts";
import { clientRefused, requireResource, wrongRequest } from "../../../src/emulator/http/entra.ts";
import {
  entraRefused,
  jsonAnswer,
  problemBody,
  Refusal,
  refused,
} from "../../../src/emulator/http/refusal.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { type AssertionSeed, type EntraPlace, isAsserted } from "./assertions.ts";
import type { Middleware } from "./middleware.ts";

/** The user who signs in, and how the service principal may. */
export interface SignInSeed extends AssertionSeed {
  /** Name of the user who signs in interactively (default: `ada@emulator.example`). */
  readonly user?: string;
  /** Outcome of such a sign-in (default: success). */
  readonly signIn?: SignInOutcome;
}

/** Declined by the user, or blocked by conditional access, for device codes or for all. */
export type SignInOutcome = "declined" | "blocked" | "device_code_blocked";

/** The only user who can sign in, with pending codes and issued refresh tokens. */
interface EmulatedUser {
  readonly name: string;
  readonly objectId: string;
  readonly outcome: SignInOutcome | undefined;
  /** By authorization code. */
  readonly codes: Map<string, Authorization>;
  /** By device code. */
  readonly devices: Map<string, Device>;
  /** The client and contexts of each refresh token. */
  readonly refreshTokens: Map<string, { readonly client: string; readonly contexts: readonly string[] }>;
  /** AADSTS code that every refresh token is rejected with; `undefined` if they are accepted. */
  rejectRefreshTokensWith: number | undefined;
}

/** An authorization code that was sent to a browser. */
interface Authorization {
  readonly client: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, in base64url. */
  readonly challenge: string;
  readonly nonce: string | undefined;
  /** Authentication contexts (`acrs`) that the user satisfied, such as `p1` for multi-factor authentication. */
  readonly contexts: readonly string[];
}

/** A pending device code sign-in. */
interface Device {
  readonly client: string;
  readonly userCode: string;
  readonly expiresAt: number;
  /** Same as {@linkcode Authorization.contexts}. */
  readonly contexts: readonly string[];
  isApproved: boolean;
}

/** Signs in a user and the service principal in every way that Entra ID has. */
export function signIns(
  emulator: Pick<Emulator, "identity" | "issueToken">,
  { clock, random, links }: Omit<EntraPlace, "identity">,
  { lifetimeSeconds, seed }: { readonly lifetimeSeconds: number; readonly seed: SignInSeed },
): { readonly middleware: Middleware; endSignIns(code: number): void } {
  const people: EmulatedUser = {
    name: seed.user ?? "ada@emulator.example",
    objectId: "00000000-0000-4000-8000-0000000000a4",
    outcome: seed.signIn,
    codes: new Map(),
    devices: new Map(),
    refreshTokens: new Map(),
    rejectRefreshTokensWith: undefined,
  };
  const { identity, issueToken } = emulator;
  const world: SignInWorld = { clock, random, links, identity, issueToken, lifetimeSeconds, people };

  const tenants = [identity.tenant.toLowerCase(), "organizations", "common", "adfs"];

  /** Issues a user's token, or passes the request on, with the secret in place of a good assertion. */
  async function token(request: Request, next: (request: Request) => Promise<Response>): Promise<Response> {
    const form = new URLSearchParams(await request.clone().text());
    const grant = form.get("grant_type") ?? "";
    if (isGrantOfPeople(grant)) return jsonAnswer(tokenForPerson(world, grant, form));
    if (!await isAsserted(world, seed, form)) return await next(request);
    form.set("client_secret", identity.secret);
    return await next(new Request(request.url, { method: "POST", headers: request.headers, body: form }));
  }

  return {
    endSignIns: (code) => void (people.rejectRefreshTokensWith = code),
    async middleware(request, next) {
      const { origin, pathname } = new URL(request.url);
      if (origin !== links.authority) return await next(request);
      const [tenant = "", ...rest] = pathname.slice(1).split("/");
      const operation = rest.join("/");
      const isToken = request.method === "POST" && /^oauth2\/(v2\.0\/)?token$/.test(operation);
      try {
        if (isToken && tenants.includes(tenant.toLowerCase())) return await token(request, next);
        return await signInPages(world, request, operation) ?? await next(request);
      } catch (thrown) {
        if (thrown instanceof Refusal) return refused(world, thrown);
        throw thrown;
      }
    },
  };
}

/** What the emulator's Entra ID knows of users. */
interface SignInWorld extends EntraPlace, Pick<Emulator, "issueToken"> {
  readonly people: EmulatedUser;
  readonly lifetimeSeconds: number;
}

/** The authentication context for multi-factor authentication, which Azure requires for writes by users. */
export const MFA_CONTEXT = "p1";
export const MFA_CLAIMS = { access_token: { acrs: { essential: true, values: [MFA_CONTEXT] } } };

/** The authentication contexts requested by the `claims` parameter of a sign-in. */
function requestedContexts(claims: string | null): readonly string[] {
  const { access_token } = fields(parsedJson(claims ?? "")) as Partial<typeof MFA_CLAIMS>;
  return access_token?.acrs?.values ?? [];
}

/**
 * Requires that the sign-in of a refresh token satisfied the requested authentication contexts.
 *
 * @throws {Refusal} AADSTS50076: the user must sign in interactively.
 */
function requireContexts(
  satisfied: readonly string[],
  requested: readonly string[],
): void {
  if (requested.every((context) => satisfied.includes(context))) return;
  throw entraRefused({
    status: 400,
    code: 50076,
    error: "interaction_required",
    message:
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
  });
}

/** Lifetime of a device code, in seconds. */
const DEVICE_CODE_S = 900;

/** The pages for interactive sign-in, in a browser or with a device code; `undefined` for other URLs. */
async function signInPages(
  world: SignInWorld,
  request: Request,
  operation: string,
): Promise<Response | undefined> {
  const { searchParams } = new URL(request.url);
  if (operation === "oauth2/v2.0/authorize") return authorize(world, searchParams);
  if (operation === "oauth2/v2.0/devicecode" && request.method === "POST") {
    return jsonAnswer(startDevice(world, new URLSearchParams(await request.text())));
  }
  if (operation === "oauth2/deviceauth") return approve(world, searchParams.get("otc"));
  return undefined;
}

/** Redirects the browser back, as if the user were already signed in. */
function authorize(world: SignInWorld, query: URLSearchParams): Response {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!/^http:\/\/localhost(:\d+)?\/?$/.test(redirectUri)) {
    throw wrongRequest(
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${
        query.get("client_id")
      }'.`,
    );
  }
  if (query.get("response_type") !== "code" || query.get("code_challenge_method") !== "S256") {
    throw wrongRequest(9002325, "Proof Key for Code Exchange is required for this redemption.");
  }
  const outcome = new URLSearchParams(outcomeOf(world, query, redirectUri));
  const state = query.get("state");
  if (state !== null) outcome.set("state", state);
  if (query.get("response_mode") !== "form_post") {
    return new Response(null, { status: 302, headers: { location: `${redirectUri}?${outcome}` } });
  }
  const fields = [...outcome].map(([name, value]) =>
    `<input type="hidden" name="${name}" value="${escaped.xml(value)}">`
  );
  return page(
    `<form method="post" action="${escaped.xml(redirectUri)}">${fields.join("")}</form>` +
      "<script>document.forms[0].submit()</script>",
  );
}

function outcomeOf(world: SignInWorld, query: URLSearchParams, redirectUri: string): Record<string, string> {
  const { outcome, codes } = world.people;
  if (outcome === "declined") {
    const body = problemBody(world, {
      code: 65004,
      error: "access_denied",
      message: "User declined to consent to access the app.",
    });
    return { error: body.error, error_description: body.error_description };
  }
  const code = `code.${world.random.uuid()}`;
  codes.set(code, {
    client: query.get("client_id") ?? "",
    redirectUri,
    challenge: query.get("code_challenge") ?? "",
    nonce: query.get("nonce") ?? undefined,
    contexts: requestedContexts(query.get("claims")),
  });
  return { code };
}

function startDevice(world: SignInWorld, form: URLSearchParams) {
  const deviceCode = `device.${world.random.uuid()}`;
  const userCode = world.random.uuid().replaceAll("-", "").slice(-9).toUpperCase();
  const verificationUri = `${world.links.authority}/common/oauth2/deviceauth`;
  world.people.devices.set(deviceCode, {
    client: form.get("client_id") ?? "",
    userCode,
    expiresAt: world.clock.now().getTime() + DEVICE_CODE_S * 1000,
    contexts: requestedContexts(form.get("claims")),
    isApproved: false,
  });
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: DEVICE_CODE_S,
    interval: 1,
    message:
      `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  };
}

/** The page to enter a device code. */
function approve(world: SignInWorld, typed: string | null): Response {
  const device = [...world.people.devices.values()].find(({ userCode }) => userCode === typed?.toUpperCase());
  if (device === undefined) return page('<form><input name="otc" autofocus><button>Next</button></form>');
  device.isApproved = true;
  return page("You have signed in on your device. You may close this window.");
}

function page(body: string): Response {
  const html = `<!doctype html><meta charset="utf-8"><title>Sign in</title>${body}`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** Grant types of users; device codes have an older and a newer name. */
const CODE = "authorization_code";
const DEVICE = ["device_code", "urn:ietf:params:oauth:grant-type:device_code"];
const REFRESH = "refresh_token";

/** Whether a token request is for a user. */
function isGrantOfPeople(grant: string): boolean {
  return [CODE, REFRESH, ...DEVICE].includes(grant);
}

/** Issues a user's tokens for an authorization code, device code or refresh token. @throws {Refusal} */
function tokenForPerson(world: SignInWorld, grant: string, form: URLSearchParams) {
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
  const lifetime = world.lifetimeSeconds;
  return {
    token_type: "Bearer",
    scope: `${audience}/user_impersonation ${audience}/.default`,
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: world.issueToken(audience, { claims: personClaims(world.people, client, required) }),
    refresh_token: refreshToken,
    id_token: idToken(world, client, nonce),
    client_info: base64Url({ uid: objectId, utid: tenant }),
    username: name,
  };
}

function personClaims({ name, objectId }: EmulatedUser, client: string, contexts: readonly string[]) {
  return {
    oid: objectId,
    appid: client,
    idtyp: "user",
    upn: name,
    scp: "user_impersonation",
    ...(contexts.length > 0 && { acrs: contexts }),
  };
}

function idToken(world: SignInWorld, client: string, nonce: string | undefined): string {
  const { tenant } = world.identity;
  const { name, objectId } = world.people;
  const now = Math.floor(world.clock.now().getTime() / 1000);
  return `${base64Url({ alg: "none", typ: "JWT" })}.${
    base64Url({
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
    })
  }.emulator`;
}

/** The result of a sign-in. */
interface Redeemed {
  readonly nonce?: string | undefined;
  readonly contexts: readonly string[];
}

function redeemCode(world: SignInWorld, client: string, form: URLSearchParams): Redeemed {
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

function redeemDevice(world: SignInWorld, client: string, form: URLSearchParams): Redeemed {
  const code = form.get("device_code") ?? form.get("code") ?? "";
  const device = world.people.devices.get(code);
  if (device === undefined || device.client !== client) {
    throw notGranted(70000, "Provided grant is invalid or malformed.");
  }
  requireApproved(world, device);
  world.people.devices.delete(code);
  return device;
}

function requireApproved(world: SignInWorld, device: Device): void {
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

function redeemRefreshToken(world: SignInWorld, client: string, form: URLSearchParams): Redeemed {
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

function notGranted(code: number, message: string): Refusal {
  return entraRefused({ status: 400, code, error: "invalid_grant", message });
}

function base64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
