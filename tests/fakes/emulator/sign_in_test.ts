import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { createEmulator, type EmulatorOptions } from "../emulator.ts";
import { WORKSPACE, WORKSPACE_ID } from "../../emulator/client.ts";
import { claimsOf, post } from "../../emulator/http/post.ts";

const CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const REDIRECT = "http://localhost:1234";
const VERIFIER = "verifier";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const SCOPE = "https://management.azure.com/.default openid offline_access";
const CLAIMS = JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } });
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Creates an emulator on a clock that a test advances. */
function entra(options: EmulatorOptions = {}) {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const emulator = createEmulator({ clock, tokenLifetimeSeconds: 3600, ...options });
  return { emulator, advance: (ms: number) => void (now += ms) };
}

type Entra = ReturnType<typeof entra>["emulator"];

async function open(emulator: Entra, path: string, query: Readonly<Record<string, string>>) {
  const url = `https://login.microsoftonline.com/common/${path}?${new URLSearchParams(query)}`;
  return await emulator.fetch(new Request(url));
}

const AUTHORIZE = {
  client_id: CLIENT,
  redirect_uri: REDIRECT,
  response_type: "code",
  code_challenge_method: "S256",
  code_challenge: CHALLENGE,
  scope: SCOPE,
};

/** Opens the sign-in page, which redirects at once; returns the parameters of the redirect. */
async function authorize(emulator: Entra, change: Readonly<Record<string, string>> = {}) {
  const answer = await open(emulator, "oauth2/v2.0/authorize", { ...AUTHORIZE, ...change });
  equal(answer.status, 302);
  return new URL(answer.headers.get("location")!).searchParams;
}

async function redeem(emulator: Entra, code: string, change: Readonly<Record<string, string>> = {}) {
  return await post(emulator, {
    grant_type: "authorization_code",
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    code,
    scope: SCOPE,
    ...change,
  });
}

async function startDevice(emulator: Entra, change: Readonly<Record<string, string>> = {}) {
  const operation = "oauth2/v2.0/devicecode";
  const { body } = await post(emulator, { client_id: CLIENT, scope: SCOPE, ...change }, { operation });
  const poll = (form: Readonly<Record<string, string>> = {}) =>
    post(emulator, {
      grant_type: DEVICE_GRANT,
      client_id: CLIENT,
      device_code: body.device_code,
      scope: SCOPE,
      ...form,
    });
  const approve = (otc = body.user_code) => open(emulator, "oauth2/deviceauth", { otc });
  return { body, poll, approve };
}

Deno.test("emulator redirects the browser with the state and a code that can be redeemed once", async () => {
  const { emulator } = entra();
  const answer = await authorize(emulator, { state: "st", nonce: "no" });
  equal(answer.get("state"), "st");
  const { status, body } = await redeem(emulator, answer.get("code")!);
  equal(status, 200);
  deepEqual([body.token_type, body.expires_in, body.ext_expires_in], ["Bearer", 3600, 3600]);
  const { tenant } = emulator.identity;
  const token = claimsOf(body.access_token);
  const now = Date.parse("2026-01-01T00:00:00Z") / 1000;
  deepEqual([token.aud, token.appid, token.idtyp, token.acrs, token.iat, token.nbf, token.exp], [
    "https://management.azure.com",
    CLIENT,
    "user",
    undefined,
    now,
    now,
    now + 3600,
  ]);
  const id = claimsOf(body.id_token);
  deepEqual([id.aud, id.nonce, id.tid, id.iat, id.exp], [CLIENT, "no", tenant, now, now + 3600]);
  const again = await redeem(emulator, answer.get("code")!);
  deepEqual([again.status, again.code, again.body.error], [400, 54005, "invalid_grant"]);
});

for (
  const [what, change, expected] of [
    ["a redirect to another host", { redirect_uri: "http://elsewhere.example" }, 50011],
    ["a redirect to a host that begins with localhost", { redirect_uri: "http://localhost.example" }, 50011],
    ["another response type", { response_type: "token" }, 9002325],
    ["a plain code challenge", { code_challenge_method: "plain" }, 9002325],
  ] as const
) {
  Deno.test(`emulator rejects a sign-in page request with ${what}`, async () => {
    const answer = await open(entra().emulator, "oauth2/v2.0/authorize", { ...AUTHORIZE, ...change });
    deepEqual([answer.status, (await answer.json()).error_codes], [400, [expected]]);
  });
}

for (
  const [what, change, status, expected, error, message] of [
    [
      "another application",
      { client_id: "other" },
      401,
      700005,
      "invalid_client",
      "The provided authorization code is intended to be used against another application.",
    ],
    [
      "another redirect",
      { redirect_uri: "http://localhost:9" },
      400,
      50011,
      "invalid_grant",
      "The redirect URI of the request does not match that of the code.",
    ],
    [
      "another verifier",
      { code_verifier: "x" },
      400,
      501481,
      "invalid_grant",
      "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ],
  ] as const
) {
  Deno.test(`emulator rejects the redemption of a code with ${what}`, async () => {
    const { emulator } = entra();
    const code = (await authorize(emulator)).get("code")!;
    const { body, ...answer } = await redeem(emulator, code, change);
    deepEqual(answer, { status, code: expected });
    const [, said] = /^AADSTS\d+: (.+) Trace ID: /.exec(body.error_description)!;
    deepEqual([body.error, said], [error, message]);
  });
}

Deno.test("emulator issues a single token for a device code after the user entered it", async () => {
  const { emulator } = entra();
  const { body, poll, approve } = await startDevice(emulator);
  match(body.user_code, /^[0-9A-F]{9}$/);
  deepEqual([body.expires_in, body.interval], [900, 1]);
  const pending = await poll();
  deepEqual([pending.status, pending.code, pending.body.error], [400, 70016, "authorization_pending"]);
  match(await (await open(emulator, "oauth2/deviceauth", { otc: "WRONG" })).text(), /<input name="otc"/);
  match(await (await open(emulator, "oauth2/deviceauth", {})).text(), /<input name="otc"/);
  equal((await poll()).code, 70016);
  match(await (await approve()).text(), /You have signed in/);
  equal((await poll({ client_id: "other" })).code, 70000);
  equal((await poll()).status, 200);
  equal((await poll()).code, 70000);
});

Deno.test("emulator accepts a device code for 15 minutes", async () => {
  const { emulator, advance } = entra();
  const { poll, approve } = await startDevice(emulator);
  await approve();
  advance(900_001);
  const late = await poll();
  deepEqual([late.status, late.code, late.body.error], [400, 70020, "expired_token"]);
  advance(-1);
  equal((await poll()).status, 200);
});

Deno.test("emulator redeems a refresh token of the same application until endSignIns() is called", async () => {
  const { emulator } = entra();
  const { body } = await redeem(emulator, (await authorize(emulator)).get("code")!);
  const renew = (change: Readonly<Record<string, string>> = {}) =>
    post(emulator, {
      grant_type: "refresh_token",
      client_id: CLIENT,
      refresh_token: body.refresh_token,
      scope: "https://ml.azure.com/.default",
      ...change,
    });
  const renewed = await renew();
  equal(renewed.status, 200);
  equal(claimsOf(renewed.body.access_token).aud, "https://ml.azure.com");
  notEqual(renewed.body.refresh_token, body.refresh_token);
  equal((await renew({ client_id: "other" })).code, 9002313);
  equal((await renew({ refresh_token: "other" })).code, 9002313);
  emulator.endSignIns(700082);
  const unused = await renew();
  deepEqual([unused.status, unused.code], [400, 700082]);
  match(unused.body.error_description, /inactivity/);
  emulator.endSignIns(50173);
  const revoked = await renew();
  equal(revoked.code, 50173);
  match(revoked.body.error_description, /revoked/);
});

Deno.test("emulator issues the demanded authentication context only to a sign-in that satisfied it", async () => {
  const { emulator } = entra();
  const weak = await redeem(emulator, (await authorize(emulator)).get("code")!);
  const strong = await redeem(emulator, (await authorize(emulator, { claims: CLAIMS })).get("code")!, {
    claims: CLAIMS,
  });
  deepEqual(claimsOf(strong.body.access_token).acrs, ["p1"]);
  const renew = async (refresh_token: string) =>
    await post(emulator, {
      grant_type: "refresh_token",
      client_id: CLIENT,
      refresh_token,
      scope: SCOPE,
      claims: CLAIMS,
    });
  deepEqual(claimsOf((await renew(strong.body.refresh_token)).body.access_token).acrs, ["p1"]);
  const refused = await renew(weak.body.refresh_token);
  deepEqual([refused.status, refused.code, refused.body.error], [400, 50076, "interaction_required"]);
  match(
    refused.body.error_description,
    /^AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '[0-9a-f-]{36}'\. Trace ID: /,
  );
  const device = await startDevice(emulator, { claims: CLAIMS });
  await device.approve();
  deepEqual(claimsOf((await device.poll({ claims: CLAIMS })).body.access_token).acrs, ["p1"]);
});

Deno.test("emulator with demandsMfa rejects only writes by users without multi-factor authentication", async () => {
  const { emulator } = entra({ demandsMfa: true, seed: { workspaces: [WORKSPACE] } });
  const signIn = async (change: Record<string, string>) => {
    const code = (await authorize(emulator, change)).get("code")!;
    return (await redeem(emulator, code, change)).body.access_token as string;
  };
  const send = async (token: string, method: string, path: string) => {
    const url = `https://management.azure.com${WORKSPACE_ID}/${path}?api-version=2024-04-01`;
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = method === "PUT" ? { body: "{}" } : {};
    const answer = await emulator.fetch(new Request(url, { method, headers, ...body }));
    const { error } = await answer.json().catch(() => ({}));
    return [answer.status, error?.code, answer.headers.get("www-authenticate"), error?.message];
  };
  const user = await signIn({});
  for (const [method, path] of [["PUT", "datastores/d"], ["DELETE", "schedules/s"]] as const) {
    const [status, code, challenge, message] = await send(user, method, path);
    deepEqual([status, code], [401, "RequestDisallowedByPolicy"]);
    const [, claims] = /error="insufficient_claims", claims="([^"]+)"$/.exec(challenge)!;
    equal(atob(claims!), CLAIMS);
    match(message, method === "PUT" ? /for Create\/Update operations/ : /for Delete operations/);
  }
  equal((await send(user, "GET", "computes"))[0], 200);
  equal((await send(user, "POST", "jobs/j/cancel"))[0], 404);
  equal((await send(await signIn({ claims: CLAIMS }), "PUT", "datastores/d"))[0], 400);
  equal((await send(emulator.issueToken("https://management.azure.com"), "PUT", "datastores/d"))[0], 400);
});
