import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { createEmulator } from "../emulator.ts";
import { WORKSPACE, WORKSPACE_ID } from "../../emulator/client.ts";
import { post } from "../../emulator/http/post.ts";

const CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const REDIRECT = "http://localhost:1234";
const VERIFIER = "verifier";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const SCOPE = "https://management.azure.com/.default openid offline_access";
const CLAIMS = JSON.stringify({ access_token: { acrs: { essential: true, values: ["p1"] } } });
type Emulator = ReturnType<typeof createEmulator>;

async function open(emulator: Emulator, path: string, query: Readonly<Record<string, string>>) {
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
async function authorize(emulator: Emulator, change: Readonly<Record<string, string>> = {}) {
  const answer = await open(emulator, "oauth2/v2.0/authorize", { ...AUTHORIZE, ...change });
  equal(answer.status, 302);
  return new URL(answer.headers.get("location")!).searchParams;
}

async function redeem(emulator: Emulator, code: string, change: Readonly<Record<string, string>>) {
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

Deno.test("fake emulator with demandsMfa rejects writes without MFA", async () => {
  const clock = { now: () => new Date("2026-01-01T00:00:00Z"), sleep: async () => {} };
  const emulator = createEmulator({ clock, demandsMfa: true, seed: { workspaces: [WORKSPACE] } });
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
