import { deepStrictEqual as assertEquals, match, ok, rejects, strictEqual } from "node:assert/strict";
import { openPerson } from "../../src/cli/terminal/person.ts";
import { openProgress } from "../../src/cli/terminal/progress.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import type { Context } from "../../src/core/context.ts";

import { createTokenSource } from "../../src/credentials/token_source.ts";
import { browserCredential } from "../../src/credentials/browser_and_device_code.ts";
import { makeWorld } from "../cli/world.ts";
import { type PersonOptions, personWorld } from "./person.ts";

const cloud = CLOUDS.AzureCloud!;

/** Opens the chain as commands do. */
function chain(options: PersonOptions = {}, tenant?: string) {
  const { ctx, ...world } = personWorld(options);
  const interaction = openPerson(ctx, openProgress(ctx, {}));
  return { ctx, ...world, source: createTokenSource(ctx, { cloud, interaction, tenant }) };
}

function used({ source }: ReturnType<typeof chain>): string | undefined {
  return source.report().find(({ status }) => status === "used")?.name;
}

Deno.test("createTokenSource() opens the browser once for all audiences", async () => {
  const world = chain();
  const scopes = [cloud.resourceManagerScope, cloud.mlScope, cloud.storageScope];
  const tokens = await Promise.all(scopes.map((scope) => world.source.getToken(scope)));
  strictEqual(new Set(tokens.map(({ token }) => token)).size, 3);
  assertEquals([used(world), world.opened.length, [...world.ctx.files.keys()]], ["browser", 1, []]);
});

Deno.test("createTokenSource() opens the browser for --tenant", async () => {
  const tenants = [[], ["own.example"], ["own.example", "chosen.example"]].map(async ([own, chosen]) => {
    const world = chain(
      { env: { DISPLAY: ":0", ...(own !== undefined && { AZURE_TENANT_ID: own }) } },
      chosen,
    );
    await world.source.getToken(cloud.mlScope).catch(() => {});
    const urls = [...world.azure.requests.map(({ url }) => url), ...world.opened];
    return new URL(urls.find((url) => url.includes("login.microsoftonline.com"))!).pathname.split("/")[1];
  });
  assertEquals(await Promise.all(tenants), ["organizations", "own.example", "chosen.example"]);
});

Deno.test("browser credential signs in to the required tenant", async () => {
  const { ctx, azure } = personWorld();
  const interaction = openPerson(ctx, openProgress(ctx, {}));
  const browser = browserCredential(ctx, { cloud, interaction });
  await browser.getToken(cloud.mlScope);
  const asked = azure.requests.length;
  const { tenant } = azure.identity;
  const claims = '{"access_token":{}}';
  for (const demand of [{ tenant }, { claims }]) await browser.getToken(cloud.mlScope, demand);
  const got = azure.requests.slice(asked).map(({ url, body }) => [
    new URL(url).pathname.split("/")[1],
    "access_token" in JSON.parse((body as { readonly claims: string }).claims),
  ]);
  assertEquals(got, [[tenant, false], ["organizations", true]]);
});

Deno.test("createTokenSource() does not prompt again after a revoked sign-in", async () => {
  let isRevoked = false;
  const refusal = { error: "invalid_grant", error_description: "AADSTS50173: It was revoked." };
  const world: ReturnType<typeof chain> = chain({
    fetch: async (request) =>
      isRevoked && request.url.includes("/token")
        ? Response.json(refusal, { status: 400 })
        : await world.azure.fetch(request),
  });
  await world.source.getToken(cloud.mlScope);
  isRevoked = true;
  await rejects(world.source.getToken(cloud.storageScope), { code: "auth.aadsts50173" });
  strictEqual(world.opened.length, 1);
});

const NOBODY: Readonly<Record<string, PersonOptions>> = {
  "CI": { env: { CI: "1", DISPLAY: ":0" } },
  "Azure Pipelines": { env: { TF_BUILD: "True", DISPLAY: ":0" } },
  "a process without a terminal": { interactive: false },
};

for (const [where, options] of Object.entries(NOBODY)) {
  Deno.test(`createTokenSource() does not prompt in ${where}`, async () => {
    const world = chain(options);
    await rejects(world.source.getToken(cloud.mlScope), { code: "auth.no_credential" });
    strictEqual(world.opened.length, 0);
    ok(!world.azure.requests.some(({ url }) => /devicecode|authorize/.test(url)));
  });
}

for (const flag of ["--no-input", "--json"]) {
  Deno.test(`job show does not prompt with ${flag}`, async () => {
    const { ctx, azure, kedroAzureml } = makeWorld({ env: { DISPLAY: ":0" }, interactive: true });
    strictEqual(await kedroAzureml(["job", "show", "some-job", flag]), 4);
    match(ctx.stderr(), /no credential works/);
    ok(!azure.requests.some(({ url }) => /devicecode|authorize/.test(url)));
  });
}

const WRONG = {
  AZURE_TENANT_ID: "00000000-0000-4000-8000-0000000000a1",
  AZURE_CLIENT_ID: "00000000-0000-4000-8000-0000000000a2",
  AZURE_CLIENT_SECRET: "wrong-secret",
  DISPLAY: ":0",
};

for (
  const [what, answer, becomes] of [
    ["presses Enter", "", "browser"],
    ['answers "y"', "y", "browser"],
    ['answers "Yes"', "Yes", "browser"],
    ['answers "n"', "n", "refused"],
    ["answers nonsense", "nonsense", "refused"],
    ["closes the input", undefined, "refused"],
  ] as const
) {
  const outcome = becomes === "browser" ? "opens the browser" : "throws";
  Deno.test(`createTokenSource() ${outcome} after a wrong secret if the user ${what}`, async () => {
    const world = chain({ env: WRONG, answers: answer === undefined ? [] : [answer] });
    const outcome = await world.source.getToken(cloud.mlScope).then(() => used(world), ({ code }) => code);
    strictEqual(outcome, becomes === "browser" ? "browser" : "auth.aadsts7000215");
    match(
      world.ctx.stderr(),
      /error: Cannot sign in with environment[\s\S]*Sign in with the browser instead\? \[Y\/n\] /,
    );
  });
}

Deno.test("createTokenSource() stops a browser sign-in on Ctrl+C", async () => {
  const worlds: readonly PersonOptions[] = [{ bringsBack: () => undefined }, { env: {}, typesCode: false }];
  for (const options of worlds) {
    const stop = new AbortController();
    const { ctx } = personWorld({ ...options, signal: stop.signal });
    const told: Context["terminal"]["err"] = (text) => {
      if (/Opening your browser|enter the code/.test(text)) setTimeout(() => stop.abort("SIGINT"), 50);
    };
    const here = { ...ctx, terminal: { ...ctx.terminal, err: told } };
    const interaction = openPerson(here, openProgress(here, {}));
    await rejects(createTokenSource(here, { cloud, interaction }).getToken(cloud.mlScope), (thrown) => {
      strictEqual(thrown, "SIGINT");
      return true;
    });
    // Let the library's timer for the next poll of the device code end before the test.
    if (options.typesCode === false) await new Promise((resolve) => setTimeout(resolve, 1100));
  }
});
