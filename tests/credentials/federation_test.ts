import { deepStrictEqual as assertEquals, ok, rejects, strictEqual } from "node:assert/strict";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { createTokenSource } from "../../src/credentials/token_source.ts";
import { createEmulator } from "../fakes/emulator.ts";
import type { Fault } from "../fakes/emulator/faults.ts";
import type { UserError } from "../../src/core/errors.ts";
import { type FakeContext, fakeContext } from "../fakes/context.ts";
import { type Ci, createCi } from "./ci.ts";
import { APP, TENANT } from "./entra.ts";

const cloud = CLOUDS.AzureCloud!;
const ci = await createCi();

/** Variables of each CI system, and the field of its answer. */
const SYSTEMS = {
  "github-oidc": {
    env: {
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example.org/assertion?api-version=2.0",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      AZURE_CLIENT_ID: APP,
      AZURE_TENANT_ID: TENANT,
    },
    asks: "GET https://ci.example.org/assertion?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange",
    field: "value",
    headers: { accept: "application/json" },
  },
  "azure-pipelines": {
    env: {
      TF_BUILD: "True",
      SYSTEM_OIDCREQUESTURI: "https://ci.example.org/assertion",
      SYSTEM_ACCESSTOKEN: "request-token",
      AZURESUBSCRIPTION_CLIENT_ID: APP,
      AZURESUBSCRIPTION_TENANT_ID: TENANT,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection",
    },
    asks: "POST https://ci.example.org/assertion?api-version=7.1&serviceConnectionId=connection",
    field: "oidcToken",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "x-tfs-fedauthredirect": "Suppress",
    },
  },
} as const;

type Name = keyof typeof SYSTEMS;

/** Creates a job of a CI system whose assertions Entra ID verifies. */
function job(
  name: Name,
  options: { ci?: Ci; claims?: Record<string, unknown>; faults?: readonly Fault[] } = {},
) {
  const { env, field, headers } = SYSTEMS[name];
  const { claims, faults = [] } = options;
  const asked: string[] = [];
  const ctx: FakeContext = fakeContext({
    env,
    async fetch(request) {
      if (!request.url.startsWith("https://ci.")) return await azure.fetch(request);
      asked.push(`${request.method} ${request.url}`);
      strictEqual(request.body !== null, request.method === "POST", "a POST has a length, even of 0");
      for (const [name, value] of Object.entries({ ...headers, authorization: "Bearer request-token" })) {
        strictEqual(request.headers.get(name), value);
      }
      return Response.json({ [field]: await (options.ci ?? ci).sign(ctx.clock.now(), claims) });
    },
  });
  const azure = createEmulator({ clock: ctx.clock, seed: ci.seed, faults });
  return { ctx, asked, source: createTokenSource(ctx, { cloud }) };
}

for (const name of Object.keys(SYSTEMS) as Name[]) {
  Deno.test(`${name} credential requests a new assertion for each token`, async () => {
    const { ctx, asked, source } = job(name);
    for (let day = 0; day < 12; day++) {
      const { expiresAt } = await source.getToken(cloud.mlScope);
      ok(expiresAt > ctx.clock.now());
      await ctx.clock.sleep(86_400_000);
    }
    assertEquals([new Set(asked), asked.length], [new Set([SYSTEMS[name].asks]), 12]);
    strictEqual(source.report().find(({ status }) => status === "used")?.name, name);
  });

  Deno.test(`${name} credential replaces an assertion that expired while it waited`, async () => {
    const busy = { kind: "throttle", retryAfterSeconds: 290 } as const;
    const { ctx, asked, source } = job(name, { faults: [{ url: /\/token/, times: 3, happens: busy }] });
    ok((await source.getToken(cloud.mlScope)).token);
    assertEquals([asked.length, ctx.sleeps], [2, [290_000, 290_000, 290_000]]);
  });
}

for (const [waitMs, count] of [[59_999, 1], [60_000, 2]] as const) {
  Deno.test(`github-oidc credential sends ${count === 1 ? "one assertion" : "two assertions"} if Entra ID refuses after ${waitMs} ms`, async () => {
    const { ctx } = job("github-oidc");
    let asked = 0;
    const fetch = async (request: Request) => {
      if (!request.url.includes("/token")) return await ctx.fetch(request);
      asked++;
      await ctx.clock.sleep(waitMs);
      const error_description = "AADSTS700024: Client assertion is not within its valid time range.";
      return Response.json({ error: "invalid_client", error_description }, { status: 401 });
    };
    await rejects(createTokenSource({ ...ctx, fetch }, { cloud }).getToken(cloud.mlScope), {
      code: "auth.aadsts700024",
    });
    strictEqual(asked, count);
  });
}

for (
  const [claim, value, code] of [
    ["iss", "https://elsewhere.example.org", "auth.aadsts700211"],
    ["aud", "api://other", "auth.aadsts700212"],
    ["sub", "repo:o/r:pull_request", "auth.aadsts700213"],
    ["exp", 1, "auth.aadsts700024"],
  ] as const
) {
  Deno.test(`github-oidc credential does not retry an assertion with a wrong ${claim} claim`, async () => {
    const { asked, source } = job("github-oidc", { claims: { [claim]: value } });
    await rejects(source.getToken(cloud.mlScope), { code });
    strictEqual(asked.length, 1);
  });
}

Deno.test("azure-pipelines credential hides its assertion in errors", async () => {
  const { source } = job("azure-pipelines", { ci: await createCi() });
  await rejects(source.getToken(cloud.mlScope), (error: UserError) => {
    strictEqual(error.code, "auth.aadsts50013");
    ok(!/eyJ|request-token/.test(Deno.inspect(error, { depth: 20 }) + JSON.stringify(source.report())));
    return true;
  });
});
