import { deepStrictEqual as assertEquals, match, ok, rejects, strictEqual } from "node:assert/strict";
import { run } from "../../src/cli/command_line.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import { createTokenSource } from "../../src/credentials/token_source.ts";
import type { Warning } from "../../src/core/errors.ts";
import type { TokenDemand, Unavailable } from "../../src/credentials/credential.ts";
import { precedenceWarning } from "../../src/app/login.ts";
import { createPublicClient } from "../../src/credentials/public_client.ts";
import { fakeContext } from "../fakes/context.ts";
import { sessionCredential } from "../../src/credentials/session.ts";
import { personWorld } from "./person.ts";

const cloud = CLOUDS.AzureCloud!;
const SESSION = "/home/user/.config/kedro-azureml/auth/session.json";
const LOGIN = ["auth", "login"];

Deno.test("createTokenSource() uses the session of auth login", async () => {
  const { ctx, azure, opened, pages } = personWorld();
  strictEqual(await run(LOGIN, ctx), 0);
  match(
    ctx.stdout(),
    /^✓ Signed in as ada@emulator\.example \(tenant 0000.*\nSession saved to \/home\/user/,
  );
  strictEqual(
    pages[0],
    '<!doctype html><meta charset="utf-8"><title>kedro-azureml</title>' +
      '<body style="font-family:sans-serif;margin:4em"><h1>kedro-azureml</h1>' +
      "<p>You are signed in. You can close this window and return to the terminal.</p>",
  );
  strictEqual(
    ctx.stderr(),
    "  Opening your browser to sign in. If it does not open, go to this address in a browser on this\n    machine:\n" +
      `  ${opened[0]}\n`,
  );
  const url = new URL(opened[0]!);
  assertEquals(
    ["client_id", "response_mode", "code_challenge_method", "redirect_uri", "prompt", "login_hint"].map((
      name,
    ) => url.searchParams.get(name)),
    [
      "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
      "form_post",
      "S256",
      "http://localhost:5151",
      "select_account",
      null,
    ],
  );

  const toEntra = () => azure.requests.filter(({ url }) => url.startsWith(cloud.authority));
  const asked = toEntra().length;
  const source = createTokenSource(ctx, { cloud });
  const scopes = [cloud.resourceManagerScope, cloud.mlScope, cloud.storageScope];
  for (const scope of scopes) ok((await source.getToken(scope)).expiresAt > ctx.clock.now());
  strictEqual(source.report().find(({ status }) => status === "used")?.name, "session");
  strictEqual(source.identity()?.name, "ada@emulator.example");
  const grants = toEntra().slice(asked).flatMap(({ body }) =>
    (body as { grant_type?: string })?.grant_type ?? []
  );
  assertEquals(grants, ["refresh_token", "refresh_token"], "the first audience was kept");
  strictEqual(opened.length, 1);

  const again = toEntra().length;
  const later = createTokenSource(ctx, { cloud });
  for (const scope of scopes) await later.getToken(scope);
  strictEqual(toEntra().length, again, "another process asks nobody");

  let writes = 0;
  const writeText = async () => void writes++;
  const reading = createTokenSource({ ...ctx, fs: { ...ctx.fs, writeText } }, { cloud });
  for (const scope of scopes) await reading.getToken(scope);
  strictEqual(writes, 0, "the session is only written if its tokens changed");
});

Deno.test("auth logout deletes the session", async () => {
  const { ctx } = personWorld();
  await run(LOGIN, ctx);
  ok(ctx.files.has(SESSION));
  strictEqual(await run(["auth", "logout"], ctx), 0);
  assertEquals([...ctx.files.keys()], []);
  match(ctx.stdout(), /✓ Signed out; removed \/home\/user/);
  strictEqual(await run(["auth", "logout"], ctx), 0);
  match(ctx.stdout(), /· Not signed in with/);
});

Deno.test("auth login shows a device code without a browser", async () => {
  for (
    const env of [{ SSH_CONNECTION: "x", DISPLAY: ":10" }, {}, {
      MSI_ENDPOINT: "http://x",
      MSI_SECRET: "s",
      DISPLAY: ":0",
    }]
  ) {
    const { ctx, opened } = personWorld({ env: env as Record<string, string> });
    strictEqual(await run(LOGIN, ctx), 0);
    match(
      ctx.stderr(),
      /^ {2}Cannot open a browser: .*\n {2}To sign in, open https:\S+ in any browser and\n {4}enter the code \w{9} \(valid for 15 min\)\n$/,
    );
    strictEqual(opened.length, 0);
  }
});

const SERVICE = "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET for a service principal";
const OIDC = "Add `permissions: { id-token: write }` to the job";
const CODE = "Run `kedro-azureml auth login --device-code`, which needs no terminal";

for (
  const [what, words, env, interactive, reason, hint] of [
    ["in CI", [], { CI: "true", DISPLAY: ":0" }, true, "this is CI", SERVICE],
    ["in GitHub Actions", [], { CI: "true", GITHUB_ACTIONS: "true" }, false, "this is CI", OIDC],
    ["with --no-input", ["--no-input", "--device-code"], {}, true, "`--no-input` is set", SERVICE],
    ["without a terminal", [], { DISPLAY: ":0" }, false, "there is no terminal", CODE],
  ] as const
) {
  Deno.test(`auth login does not prompt ${what}`, async () => {
    const { ctx, azure, opened } = personWorld({ env, interactive });
    strictEqual(await run([...LOGIN, ...words], ctx), 4);
    const said = ctx.stderr().replace(/^(?:##vso|::error).*\n/m, "");
    strictEqual(
      said.replace(" [auth.nobody]", ""),
      `error: Cannot sign in interactively: ${reason}\nhint: ${hint}\n`,
    );
    assertEquals([azure.requests.length, opened.length], [0, 0]);
  });
}

Deno.test("auth login rejects a redirect with a wrong state", async () => {
  let forged: Response | undefined;
  const { ctx } = personWorld();
  const serve: typeof ctx.serve = (handler, options) =>
    ctx.serve(async (request) => {
      forged = await handler(
        new Request(request.url, {
          method: "POST",
          body: new URLSearchParams({ code: "evil", state: "other" }),
        }),
      );
      return await handler(request);
    }, options);
  strictEqual(await run(LOGIN, { ...ctx, serve }), 0);
  strictEqual(forged?.status, 400);
  match(await forged!.text(), /<p>This response belongs to another sign-in\.<\/p>$/);
});

Deno.test("auth login reports a declined sign-in", async () => {
  const { ctx, pages } = personWorld({ seed: { signIn: "declined" } });
  strictEqual(await run(LOGIN, ctx), 4);
  match(
    ctx.stderr(),
    /error: Cannot sign in with browser: it was declined \[auth\.declined\]\nhint: Run `kedro-azureml auth login`/,
  );
  match(pages[0]!, /<p>Sign-in failed; see the terminal for details\. You can close this window\.<\/p>$/);
  assertEquals([...ctx.files.keys()], []);
});

Deno.test("auth login without a home folder exits 3", async () => {
  const { ctx, opened } = personWorld();
  const homeless = { ...ctx, home: undefined };
  strictEqual(await run(LOGIN, homeless), 3);
  match(
    ctx.stderr(),
    /Cannot save the session: no home folder \[auth\.session_file\]\nhint: Set HOME, or use `--no-store`/,
  );
  assertEquals(opened, []);
  strictEqual(await run([...LOGIN, "--no-store"], homeless), 0);
});

Deno.test("auth login --device-code says why it got no code", async () => {
  const { ctx, azure } = personWorld({ env: { AZURE_TENANT_ID: "other.example", DISPLAY: ":0" } });
  const fetch = (request: Request) =>
    request.url.includes("/devicecode")
      ? Promise.resolve(Response.json({
        error: "invalid_request",
        error_description: "AADSTS90002: Tenant 'nowhere' not found.",
      }, { status: 400 }))
      : azure.fetch(request);
  strictEqual(await run([...LOGIN, "--device-code", "--tenant", "nowhere"], { ...ctx, fetch }), 4);
  match(
    ctx.stderr(),
    /^error: Cannot sign in with device-code: tenant "nowhere" does not exist \[auth\.aadsts90002\]\n/,
  );
  strictEqual(await run([...LOGIN, "--device-code"], { ...ctx, fetch }), 4);
  match(
    ctx.stderr(),
    /error: Cannot sign in with device-code: tenant "other\.example" does not exist \[auth\.aadsts90002\]\n/,
  );
});

Deno.test("auth login rejects an invalid tenant", async () => {
  const { ctx, azure, opened } = personWorld();
  strictEqual(await run([...LOGIN, "--tenant", "a/b"], ctx), 4);
  match(
    ctx.stderr(),
    /^error: Cannot sign in with browser: "a\/b" is neither a tenant id nor a domain \[auth\.tenant\]\n/,
  );
  assertEquals([opened, azure.requests], [[], []]);
});

Deno.test("auth login --device-code suggests alternatives if it is blocked", async () => {
  const { ctx } = personWorld({ seed: { signIn: "device_code_blocked" } });
  strictEqual(await run([...LOGIN, "--device-code"], ctx), 4);
  match(ctx.stderr(), /Conditional Access policy.*blocks device\s+codes/);
  match(
    ctx.stderr(),
    /AADSTS53003[\s\S]*hint: Run `kedro-azureml auth login` or `az login` on a machine with a browser/,
  );
  strictEqual(await run([...LOGIN, "--device-code", "--json"], ctx), 4);
  ok(ctx.stderr().includes('"code":"auth.aadsts53003"'));
});

for (const code of [700082, 50173]) {
  Deno.test(`createTokenSource() warns about a session that ended (AADSTS${code})`, async () => {
    const { ctx, azure } = personWorld();
    await run(LOGIN, ctx);
    azure.endSignIns(code);
    const warnings: string[] = [];
    const onWarning = ({ code, message, hint }: Warning) =>
      warnings.push(`${code}: ${message.replace(/: the sign-in .*$/, ": …")} ${hint}`);
    const source = createTokenSource(ctx, { cloud, onWarning });
    const error = await source.getToken(cloud.mlScope).catch((thrown) => thrown);
    assertEquals([error.code, error.hint], ["auth.no_credential", "Run `kedro-azureml auth login`"]);
    assertEquals(warnings, [
      "auth.session_refused: The session of `auth login` cannot be used: … Run `kedro-azureml auth login`",
    ]);
    strictEqual(source.report().find(({ name }) => name === "session")?.status, "failed");
  });
}

Deno.test("createTokenSource() does not skip the session without a network", async () => {
  const { ctx } = personWorld();
  await run(LOGIN, ctx);
  const fetch = () => Promise.reject(new TypeError("error sending request: dns error: no such host"));
  const warnings: string[] = [];
  const onWarning = ({ code }: { code: string }) => warnings.push(code);
  const clock = { ...ctx.clock, sleep: async () => {} };
  const source = createTokenSource({ ...ctx, clock, fetch }, { cloud, onWarning });
  await rejects(source.getToken(cloud.mlScope), { code: "network.name" });
  assertEquals(warnings, []);
});

Deno.test("createTokenSource() skips a session of another cloud", async () => {
  const { ctx } = personWorld();
  await run(LOGIN, ctx);
  const china = CLOUDS.AzureChinaCloud!;
  const source = createTokenSource(ctx, { cloud: china });
  await source.getToken(china.mlScope).catch(() => {});
  const { reason } = source.report().find(({ name }) => name === "session")!;
  match(reason!, /for https:\/\/login\.microsoftonline\.com, not/);
});

const DAMAGED = [
  ["without content", ""],
  ["with truncated JSON", "{"],
  ["of NUL characters", "\u0000".repeat(500)],
] as const;

for (const [what, text] of DAMAGED) {
  Deno.test(`createTokenSource() warns about a session file ${what}`, async () => {
    const { ctx } = personWorld({ files: { [SESSION]: text } });
    const warnings: string[] = [];
    const source = createTokenSource(ctx, { cloud, onWarning: ({ message }) => warnings.push(message) });
    const error = await source.getToken(cloud.mlScope).catch((thrown) => thrown);
    strictEqual(error.code, "auth.no_credential");
    assertEquals(warnings, [`The session file "${SESSION}" cannot be read`]);
    strictEqual(await run(LOGIN, ctx), 0, "and a new sign-in takes its place");
  });
}

for (const change of ["deleted", "replaced by another sign-in"]) {
  Deno.test(`createTokenSource() skips a session that was ${change}`, async () => {
    const { ctx } = personWorld();
    await run(LOGIN, ctx);
    const readText: typeof ctx.fs.readText = async (path) => {
      const text = await ctx.fs.readText(path);
      if (change === "deleted") ctx.files.delete(SESSION);
      else await ctx.fs.writeText(SESSION, JSON.stringify({ ...JSON.parse(text), id: "another" }));
      return text;
    };
    const source = createTokenSource({ ...ctx, fs: { ...ctx.fs, readText } }, { cloud });
    await rejects(source.getToken(cloud.mlScope), { code: "auth.no_credential" });
    strictEqual(source.report().find(({ name }) => name === "session")?.status, "failed");
  });
}

Deno.test("auth logout is not undone by a token renewal", async () => {
  const { ctx } = personWorld();
  await run(LOGIN, ctx);
  const source = createTokenSource(ctx, { cloud });
  await source.getToken(cloud.resourceManagerScope);
  ok(ctx.files.has(SESSION));
  strictEqual(await run(["auth", "logout"], ctx), 0);
  await source.getToken(cloud.mlScope).catch(() => {});
  assertEquals([...ctx.files.keys()], []);
});

Deno.test("auth login prints no secret", async () => {
  const { ctx, azure } = personWorld();
  await run([...LOGIN, "--verbose"], ctx);
  await run(["auth", "status", "--verbose", "--json"], ctx);
  const { cache } = JSON.parse(new TextDecoder().decode(ctx.files.get(SESSION)));
  const kept = JSON.parse(cache) as Record<string, Record<string, { secret?: string }>>;
  const secrets = Object.values(kept).flatMap((kind) =>
    Object.values(kind).flatMap(({ secret }) => secret ?? [])
  );
  ok(secrets.length >= 3, "an access token, a refresh token and an id token");
  const shown = ctx.stdout() + ctx.stderr() + JSON.stringify(azure.requests);
  for (const secret of secrets) ok(!shown.includes(secret), "a secret is shown");
  assertEquals([...ctx.files.keys()], [SESSION]);
});

Deno.test("session credential signs in to the required tenant", async () => {
  const { ctx, azure } = personWorld();
  const answerTo = async (demand: TokenDemand, tenant: string) => {
    const asked = azure.requests.length;
    const session = sessionCredential(ctx, { cloud, tenant: "chosen.example" });
    const { hint } = await session.getToken(cloud.mlScope, demand) as Unavailable;
    const { pathname } = new URL(azure.requests[asked]?.url ?? "https://nobody/nobody/");
    strictEqual(pathname.split("/")[1], tenant);
    return hint;
  };
  const chosen = "Run `kedro-azureml auth login --tenant chosen.example";
  strictEqual(await answerTo({}, "nobody"), `${chosen}\``);
  strictEqual(await run(LOGIN, ctx), 0);
  strictEqual(await answerTo({}, "chosen.example"), `${chosen}\``);
  strictEqual(
    await answerTo({ tenant: "demanded.example" }, "demanded.example"),
    "Run `kedro-azureml auth login --tenant demanded.example`",
  );
  strictEqual(
    await answerTo({ claims: "{}" }, "chosen.example"),
    `${chosen} --claims-challenge e30=\``,
  );
});

Deno.test("session credential renews an expiring token", async () => {
  const { ctx } = personWorld();
  strictEqual(await run(LOGIN, ctx), 0);
  let lateMs = 0;
  const moving = { ...ctx, clock: { ...ctx.clock, now: () => new Date(Date.now() + lateMs) } };
  const source = createTokenSource(moving, { cloud });
  const first = await source.getToken(cloud.mlScope);
  lateMs = 56 * 60_000;
  const renewed = await source.getToken(cloud.mlScope);
  ok(renewed.token !== first.token && renewed.expiresAt > first.expiresAt);
});

Deno.test("auth login --claims-challenge requests the claims", async () => {
  const { ctx, opened } = personWorld();
  const claims = { access_token: { acrs: { essential: true, values: ["p1"] } } };
  strictEqual(
    await run([...LOGIN, "--claims-challenge", btoa(JSON.stringify(claims))], ctx),
    0,
    ctx.stderr(),
  );
  const { access_token } = JSON.parse(new URL(opened[0]!).searchParams.get("claims")!);
  assertEquals(access_token, claims.access_token);
});

const NONE: Record<string, string> = {};
const PRINCIPAL = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c" };

for (
  const [what, env, proof] of [
    ["nothing is set", NONE, undefined],
    ["a secret has no tenant", { AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "s" }, undefined],
    ["a secret is set", { ...PRINCIPAL, AZURE_CLIENT_SECRET: "s" }, "AZURE_CLIENT_SECRET"],
    [
      "a certificate is set",
      { ...PRINCIPAL, AZURE_CLIENT_CERTIFICATE_PATH: "c" },
      "AZURE_CLIENT_CERTIFICATE_PATH",
    ],
    ["a token file is set", { ...PRINCIPAL, AZURE_FEDERATED_TOKEN_FILE: "f" }, "AZURE_FEDERATED_TOKEN_FILE"],
  ] as const
) {
  Deno.test(`precedenceWarning() ${proof === undefined ? "returns undefined" : `names ${proof}`} if ${what}`, () => {
    assertEquals(
      precedenceWarning(env),
      proof && {
        code: "auth.session_not_first",
        message: `${proof} is set and takes precedence over your session`,
        hint: `Unset ${proof}, or use \`--credential session\``,
      },
    );
  });
}

Deno.test("createPublicClient() sends requests to a private cloud's authority", async () => {
  const asked: string[] = [];
  const authority = "https://login.contoso.example";
  const ctx = fakeContext({
    async fetch({ url }) {
      asked.push(url);
      return Response.json({
        issuer: `${authority}/t/v2.0`,
        authorization_endpoint: `${authority}/t/authorize`,
        token_endpoint: `${authority}/t/token`,
        jwks_uri: `${authority}/t/keys`,
      });
    },
  });
  const client = await createPublicClient(ctx, {
    cloud: { ...cloud, authority, isKnownAuthority: false },
    tenant: "t",
    clientId: "c",
    credential: "browser",
  });
  const { url } = await client.startBrowser({ scope: "s", redirectUri: "http://localhost:1", state: "x" });
  assertEquals([new URL(url).origin, new Set(asked.map((one) => new URL(one).origin))], [
    authority,
    new Set([authority]),
  ]);
});
