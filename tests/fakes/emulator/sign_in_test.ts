import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { createEmulator, type EmulatorOptions } from "../emulator.ts";
import { WORKSPACE, WORKSPACE_ID } from "../../emulator/client.ts";
import { post } from "../../emulator/http/post.ts";

const CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const REDIRECT = "http://localhost:1234";
const VERIFIER = "verifier";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const SCOPE = "https://management.azure.com/.default openid offline_access";
const CLAIMS = JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } });
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

for (
  const [what, change, expected] of [
    ["a redirect to another host", { redirect_uri: "http://elsewhere.example" }, 50011],
    ["a redirect to a host with localhost at its start", { redirect_uri: "http://localhost.example" }, 50011],
    ["another response type", { response_type: "token" }, 9002325],
    ["a plain code challenge", { code_challenge_method: "plain" }, 9002325],
  ] as const
) {
  Deno.test(`fake sign-in page rejects ${what}`, async () => {
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
  Deno.test(`fake token endpoint rejects a code with ${what}`, async () => {
    const { emulator } = entra();
    const code = (await authorize(emulator)).get("code")!;
    const { body, ...answer } = await redeem(emulator, code, change);
    deepEqual(answer, { status, code: expected });
    const [, said] = /^AADSTS\d+: (.+) Trace ID: /.exec(body.error_description)!;
    deepEqual([body.error, said], [error, message]);
  });
}

Deno.test("fake emulator with demandsMfa rejects writes without MFA", async () => {
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
