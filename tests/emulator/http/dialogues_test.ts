import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { createEmulator, type Emulator } from "../../fakes/emulator.ts";
import { WORKSPACE, WORKSPACE_ID } from "../client.ts";
import { claimsOf } from "./post.ts";

const AUTHORITY = "https://login.microsoftonline.com";
const clock = { now: () => new Date("2026-01-02T03:04:05.678Z"), sleep: async () => {} };

/** A text with its tokens decoded, without what differs each time. */
function withoutNoise(text: string, { identity }: Emulator): string {
  const names = {
    TENANT: identity.tenant,
    CLIENT: identity.client,
    OBJECT: identity.objectId,
    SECRET: identity.secret,
  };
  const decoded = text.replace(
    /eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
    (token) => JSON.stringify(claimsOf(token), null, 1),
  )
    .replace(/(?<="client_info": )"(.+?)"/, (_, info) => atob(info));
  return Object.entries(names).reduce((known, [name, value]) => known.replaceAll(value, name), decoded)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID");
}

/** What the emulator answers, with the headers that name an error. */
async function answerTo(emulator: Emulator, url: string, init: RequestInit = {}): Promise<string> {
  const answer = await emulator.fetch(new Request(url, init));
  const text = await answer.text();
  const shown = text.startsWith("{") ? JSON.stringify(JSON.parse(text), null, 1) : text;
  const challenge = answer.headers.get("www-authenticate");
  const type = answer.headers.get("content-type");
  return withoutNoise(
    [answer.status, type, challenge, shown].filter((part) => part !== null).join("\n"),
    emulator,
  );
}

Deno.test("emulator's descriptions of its authority match their transcript", async (t) => {
  const emulator = createEmulator({ clock });
  const answers: string[] = [];
  for (
    const path of [
      "common/discovery/instance",
      "TENANT/v2.0/.well-known/openid-configuration",
      "common/.well-known/openid-configuration",
    ]
  ) {
    const url = `${AUTHORITY}/${path.replace("TENANT", emulator.identity.tenant)}`;
    answers.push(`GET ${path}\n${await answerTo(emulator, url)}\n`);
  }
  await assertTranscript(t, answers.join("\n"), import.meta.url);
});

Deno.test("emulator's answers to token requests match their transcript", async (t) => {
  const emulator = createEmulator({ clock, tokenLifetimeSeconds: 3600 });
  const { client, secret } = emulator.identity;
  const own = { grant_type: "client_credentials", client_id: client, client_secret: secret };
  const scope = "https://management.azure.com/.default";
  const answers: string[] = [];
  for (
    const [operation, form] of [
      ["oauth2/v2.0/token", { ...own, scope: `${scope} openid` }],
      ["oauth2/token", { ...own, resource: "https://storage.azure.com/" }],
      ["oauth2/v2.0/token", { ...own, scope: "https://graph.microsoft.com/.default" }],
      ["oauth2/v2.0/token", { ...own, client_secret: "wrong", scope }],
      ["oauth2/v2.0/token", { ...own, client_id: "other", scope }],
      ["oauth2/v2.0/token", { grant_type: "password" }],
      ["oauth2/v2.0/token", { grant_type: "refresh_token", client_id: "c", refresh_token: "gone", scope }],
      ["oauth2/v2.0/token", { grant_type: "device_code", client_id: "c", device_code: "gone", scope }],
      ["oauth2/v2.0/token", { grant_type: "authorization_code", client_id: "c", code: "gone", scope }],
      ["oauth2/v3.0/token", own],
    ] as const
  ) {
    const init = { method: "POST", body: new URLSearchParams(form) };
    const asked = withoutNoise(`POST ${operation} ${new URLSearchParams(form)}`, emulator);
    answers.push(
      `${asked}\n${await answerTo(
        emulator,
        `${AUTHORITY}/${emulator.identity.tenant}/${operation}`,
        init,
      )}\n`,
    );
  }
  const init = { method: "POST", body: new URLSearchParams(own) };
  answers.push(
    `POST other/oauth2/token\n${await answerTo(emulator, `${AUTHORITY}/other/oauth2/token`, init)}\n`,
  );
  await assertTranscript(t, answers.join("\n"), import.meta.url);
});

Deno.test("sign-in responses of the emulator match their transcript", async (t) => {
  const emulator = createEmulator({ clock, tokenLifetimeSeconds: 3600 });
  const scope = "https://management.azure.com/.default openid";
  const get = (path: string, query: Record<string, string>) =>
    answerTo(emulator, `${AUTHORITY}/common/${path}?${new URLSearchParams(query)}`);
  const post = (path: string, form: Record<string, string>) =>
    emulator.fetch(
      new Request(`${AUTHORITY}/common/${path}`, { method: "POST", body: new URLSearchParams(form) }),
    );
  const device = await (await post("oauth2/v2.0/devicecode", { client_id: "c", scope })).json();
  const poll = { grant_type: "device_code", client_id: "c", device_code: device.device_code, scope };
  const init = { method: "POST", body: new URLSearchParams(poll) };
  const authorize = {
    client_id: "c",
    redirect_uri: "http://localhost:1/",
    response_type: "code",
    code_challenge_method: "S256",
    code_challenge: "x",
    response_mode: "form_post",
  };
  const refused = async (signIn: "declined" | "blocked") => {
    const other = createEmulator({ clock, seed: { signIn } });
    const started = await other.fetch(
      new Request(`${AUTHORITY}/common/oauth2/v2.0/devicecode`, {
        method: "POST",
        body: new URLSearchParams({ client_id: "c", scope }),
      }),
    );
    const { user_code, device_code } = await started.json();
    await answerTo(other, `${AUTHORITY}/common/oauth2/deviceauth?otc=${user_code}`);
    const body = new URLSearchParams({ ...poll, device_code });
    return await answerTo(other, `${AUTHORITY}/common/oauth2/v2.0/token`, { method: "POST", body });
  };
  const answers = [
    JSON.stringify(device, null, 1),
    await answerTo(emulator, `${AUTHORITY}/common/oauth2/v2.0/token`, init),
    await get("oauth2/deviceauth", { otc: "wrong" }),
    await get("oauth2/deviceauth", { otc: device.user_code }),
    await answerTo(emulator, `${AUTHORITY}/common/oauth2/v2.0/token`, init),
    await get("oauth2/v2.0/authorize", { ...authorize, redirect_uri: "https://example.org" }),
    await get("oauth2/v2.0/authorize", { ...authorize, code_challenge_method: "plain" }),
    await get("oauth2/v2.0/authorize", authorize),
    await refused("declined"),
    await refused("blocked"),
  ].map((answer) => `${withoutNoise(answer.replaceAll(device.user_code, "USERCODE"), emulator)}\n`);
  await assertTranscript(t, answers.join("\n"), import.meta.url);
});

Deno.test("emulator's refusals of a missing, unknown, old or foreign token match their transcript", async (t) => {
  const emulator = createEmulator({ clock, seed: { workspaces: [WORKSPACE] } });
  const url = `https://management.azure.com${WORKSPACE_ID}?api-version=2024-04-01`;
  const answers: string[] = [];
  for (
    const [what, authorization] of [
      ["no token", undefined],
      ["another scheme", "Basic abc"],
      ["an unknown token", "Bearer abc"],
      [
        "an expired token",
        `Bearer ${emulator.issueToken("https://management.azure.com", { lifetimeSeconds: 0 })}`,
      ],
      ["a token for storage", `bearer  ${emulator.issueToken("https://storage.azure.com")}`],
    ] as const
  ) {
    const headers = authorization === undefined ? {} : { headers: { authorization } };
    answers.push(`${what}\n${await answerTo(emulator, url, headers)}\n`);
  }
  await assertTranscript(t, answers.join("\n"), import.meta.url);
});
