import { deepStrictEqual as assertEquals, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { createTokenSource } from "../../src/credentials/token_source.ts";
import { exited, type FakeOptions } from "../fakes/context.ts";
import type { UserError } from "../../src/core/errors.ts";
import { APP, createEntra, PRINCIPAL, SECRET, world } from "./entra.ts";

const cloud = CLOUDS.AzureCloud!;
const ARM = cloud.resourceManagerScope;

Deno.test("createTokenSource() waits as long as Entra ID asks", async () => {
  const entra = createEntra();
  let busy = true;
  const fetch = async (request: Request) => {
    if (!request.url.includes("/token") || !busy) return await entra.fetch(request);
    busy = false;
    return new Response("", { status: 429, headers: { "retry-after": "9" } });
  };
  const waits: number[] = [];
  const ctx = world({ env: PRINCIPAL, fetch });
  await createTokenSource(ctx, { cloud, onRetry: ({ waitMs }) => waits.push(waitMs) }).getToken(ARM);
  assertEquals([ctx.sleeps, waits], [[9000], [9000]]);
});

Deno.test("createTokenSource() renews a token shortly before it expires", async () => {
  const entra = createEntra();
  const ctx = world({ env: PRINCIPAL, fetch: entra.fetch });
  const source = createTokenSource(ctx, { cloud });
  const scopes = [ARM, cloud.mlScope, cloud.storageScope];
  const audiences = async () => {
    const tokens = await Promise.all(scopes.map((scope) => source.getToken(scope)));
    return tokens.map(({ token }) => JSON.parse(atob(token.split(".")[1]!)).aud);
  };

  assertEquals(await audiences(), scopes.map((scope) => scope.replace("/.default", "")));
  await ctx.clock.sleep(54 * 60_000);
  await audiences();
  strictEqual(entra.forms.length, 3);
  await ctx.clock.sleep(2 * 60_000);
  await audiences();
  strictEqual(entra.forms.length, 6);
});

Deno.test("createTokenSource() exits 6 without a network", async () => {
  const ctx = world({
    env: PRINCIPAL,
    fetch: () => Promise.reject(new TypeError("error sending request: dns error: no such host")),
  });
  await rejects(createTokenSource(ctx, { cloud }).getToken(ARM), (error: UserError) => {
    assertEquals([error.code, error.exit], ["network.name", 6]);
    ok(error.message.includes("login.microsoftonline.com"));
    return true;
  });
  ok(ctx.sleeps.length > 0);
});

Deno.test("AZURE_TOKEN_CREDENTIALS selects credentials", () => {
  const names = (env: Record<string, string>) =>
    createTokenSource(world({ env }), { cloud }).report().map(({ name }) => name);
  assertEquals(names({ AZURE_TOKEN_CREDENTIALS: "AzureCliCredential" }), ["azure-cli"]);
  ok(names({ AZURE_TOKEN_CREDENTIALS: "dev" }).includes("azure-cli"));
  ok(!names({ AZURE_TOKEN_CREDENTIALS: "prod" }).includes("azure-cli"));
  throws(() => names({ AZURE_TOKEN_CREDENTIALS: "keychain" }), {
    code: "auth.unknown_credential",
    exit: 2,
    hint:
      "Use one of these with `--credential` or in AZURE_TOKEN_CREDENTIALS: environment, workload-identity, " +
      "github-oidc, azure-pipelines, managed-identity, session, azure-cli, azure-powershell, azd, browser, " +
      "device-code, prod, dev",
  });
  throws(() => names({ AZURE_TOKEN_CREDENTIALS: "azurecli" }), {
    message: 'Unknown credential "azurecli" (did you mean "azure-cli"?)',
  });
});

Deno.test("createTokenSource() does not follow a redirect", async () => {
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    asked.push(`${request.redirect} ${new URL(request.url).host}`);
    return new Response(null, { status: 307, headers: { location: "https://elsewhere.example/token" } });
  };
  const source = createTokenSource(world({ env: PRINCIPAL, fetch }), { cloud });
  await rejects(source.getToken(ARM), { code: "network.answer", exit: 6 });
  assertEquals(asked, ["manual login.microsoftonline.com"]);
});

Deno.test("createTokenSource() sends no secret to an invalid proxy", async () => {
  const entra = createEntra();
  const ctx = world({ env: { ...PRINCIPAL, HTTPS_PROXY: "ftp://proxy.example" }, fetch: entra.fetch });
  await rejects(createTokenSource(ctx, { cloud }).getToken(ARM), {
    code: "network.proxy_address",
  });
  strictEqual(entra.forms.length, 0);
});

Deno.test("createTokenSource() does not warn if all credentials fail", async () => {
  const exec = async () => exited({ status: 1 });
  const warnings: unknown[] = [];
  const source = createTokenSource(world({ exec }), { cloud, onWarning: (one) => void warnings.push(one) });
  await rejects(source.getToken(ARM), { code: "auth.no_credential" });
  assertEquals(warnings, []);
});

Deno.test("createTokenSource() waits a minute for the only credential", async () => {
  const limits: unknown[] = [];
  for (const only of ["azure-cli", "dev"]) {
    const exec: FakeOptions["exec"] = async (program, _, { timeoutMs } = {}) => {
      if (program === "az") limits.push(timeoutMs);
      return exited({ status: 1 });
    };
    const ctx = world({ env: { AZURE_TOKEN_CREDENTIALS: only }, exec });
    await rejects(createTokenSource(ctx, { cloud }).getToken(ARM), { code: "auth.no_credential" });
  }
  assertEquals(limits, [60_000, 10_000]);
});

Deno.test("createTokenSource() trims environment variables", async () => {
  const entra = createEntra();
  const env = Object.fromEntries(Object.entries(PRINCIPAL).map(([name, value]) => [name, ` ${value}\r\n`]));
  await createTokenSource(world({ env, fetch: entra.fetch }), { cloud }).getToken(ARM);
  assertEquals([entra.forms[0]!.get("client_secret"), entra.forms[0]!.get("client_id")], [SECRET, APP]);
});
