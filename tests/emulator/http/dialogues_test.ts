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
