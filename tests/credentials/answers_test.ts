import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { Exit } from "../../src/core/context.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import type { Token, Unavailable } from "../../src/credentials/credential.ts";
import {
  azdCredential,
  azureCliCredential,
  azurePowerShellCredential,
  tokenFromCommand,
} from "../../src/credentials/azure_tools.ts";
import {
  askForAssertion,
  azurePipelinesCredential,
  federatedCredential,
  githubOidcCredential,
} from "../../src/credentials/federated.ts";
import { managedIdentityCredential } from "../../src/credentials/managed_identity.ts";
import { assertTranscript } from "../fakes/assert_transcript.ts";
import { exited, type FakeOptions } from "../fakes/context.ts";
import { TENANT, world } from "./entra.ts";

const cloud = CLOUDS.AzureCloud!;
const CLIS = { azd: azdCredential, az: azureCliCredential, pwsh: azurePowerShellCredential };
const CREDENTIALS = { azd: "azd", az: "azure-cli", pwsh: "azure-powershell" };

function textOf({ unavailable, hint = "" }: Unavailable): string {
  return `${unavailable}\n${hint}`;
}

/** A program that ends like this; `ran` has each start, with its limits. */
function program(exit: Partial<Exit>) {
  const ran: { readonly words: readonly string[]; readonly cwd?: string; readonly timeoutMs?: number }[] = [];
  const exec: NonNullable<FakeOptions["exec"]> = async (name, args, options = {}) => {
    const { cwd, timeoutMs } = options;
    ran.push({ words: [name, ...args], ...(cwd && { cwd }), ...(timeoutMs && { timeoutMs }) });
    return exited(exit);
  };
  return { exec, ran };
}

/** Asks a command-line tool that ends like this for a token. */
async function askCli(name: keyof typeof CLIS, exit: Partial<Exit>, tenant?: string) {
  const { exec } = program(exit);
  return await CLIS[name](world({ exec }), { cloud, tenant }).getToken(cloud.mlScope);
}

for (
  const [name, words, ofTenant] of [
    [
      "az",
      ["az", "account", "get-access-token", "--output", "json", "--resource", "https://ml.azure.com"],
      ["--tenant", TENANT],
    ],
    [
      "azd",
      ["azd", "auth", "token", "--output", "json", "--no-prompt", "--scope", "https://ml.azure.com/.default"],
      ["--tenant-id", TENANT],
    ],
    ["pwsh", ["pwsh", "-NoProfile", "-NonInteractive", "-Command"], []],
  ] as const
) {
  Deno.test(`${CREDENTIALS[name]} credential runs ${name} without prompts`, async () => {
    const { exec, ran } = program({});
    const ask = (tenant: string | undefined, demanded?: string) =>
      CLIS[name](world({ exec }), { cloud, tenant }).getToken(cloud.mlScope, { tenant: demanded });
    await ask(undefined);
    await ask(TENANT);
    await ask("other", TENANT);
    const lines = ran.map(({ words }) => name === "pwsh" ? words.slice(0, -1) : words);
    deepEqual(lines, [words, [...words, ...ofTenant], [...words, ...ofTenant]]);
  });
}

for (
  const [name, stdout] of [
    ["az", '{"accessToken":"T","expiresOn":"soon"}'],
    ["azd", '{"expiresOn":"2026-01-02T03:04:05Z"}'],
    ["pwsh", "text"],
  ] as const
) {
  Deno.test(`${CREDENTIALS[name]} credential rejects the output ${stdout}`, async () => {
    const { because, unavailable } = await askCli(name, { stdout }) as Unavailable;
    deepEqual([because, unavailable], ["failed", `\`${name}\` did not print a token`]);
  });
}

Deno.test("azure-cli credential rejects a token of another tenant", async () => {
  const token = (tenant: unknown) => ({
    stdout: JSON.stringify({ accessToken: "T", expires_on: 1_800_000_000, tenant }),
  });
  const other = "99999999-9999-4999-8999-999999999999";
  for (
    const [asked, has] of [["contoso.example", other], [TENANT, TENANT], [TENANT, 7], [undefined, other]]
  ) {
    const answer = await askCli("az", token(has), asked as string | undefined) as Token;
    deepEqual([answer.token, answer.expiresAt], ["T", new Date(1_800_000_000_000)], String(asked));
  }
  deepEqual(await askCli("az", token(other), TENANT), {
    because: "failed",
    unavailable: `Azure CLI is signed in to tenant "${other}", not "${TENANT}"`,
    hint: `Run \`az login --tenant ${TENANT}\``,
  });
});

Deno.test("azure-cli credential names the missing tenant", async () => {
  const answer = await askCli("az", { status: 1, stderr: "ERROR: AADSTS90002: Tenant not found" }, TENANT);
  equal((answer as Unavailable).unavailable, `tenant "${TENANT}" does not exist (AADSTS90002)`);
});

/** Runs a command whose names are `one` and `two`. */
async function run(
  exits: readonly Partial<Exit>[],
  options: FakeOptions & { readonly isOnly?: boolean } = {},
) {
  const waiting = [...exits];
  const ran: (readonly [string, string | undefined, number | undefined])[] = [];
  const ctx = world({
    ...options,
    env: { ...options.env, AZURE_CLIENT_SECRET: "hush" },
    exec: async (name, _, { cwd, timeoutMs, env, clearEnv } = {}) => {
      ran.push([name, cwd, timeoutMs]);
      ok(clearEnv && !("AZURE_CLIENT_SECRET" in env!), "the program gets a secret");
      return exited(waiting.shift());
    },
  });
  const answer = await tokenFromCommand(ctx, {
    isOnly: options.isOnly,
    signal: undefined,
    title: "Tool",
    programs: ["one", "two"],
    args: [],
    parse: (stdout) => stdout === "" ? undefined : { token: stdout, expiresAt: new Date(0) },
    explain: () => undefined,
  });
  return { answer: "token" in answer ? answer.token : answer.unavailable, ran };
}

Deno.test("tokenFromCommand() runs outside the project", async () => {
  deepEqual(await run([{ stdout: "T" }]), { answer: "T", ran: [["one", "/", 10_000]] });
  deepEqual((await run([{ stdout: "T" }], { isOnly: true })).ran, [["one", "/", 60_000]]);
  const windows = { platform: "windows", env: { SystemRoot: "D:\\Windows" } } as const;
  deepEqual((await run([{ stdout: "T" }], windows)).ran, [["one", "D:\\Windows", 10_000]]);
  deepEqual((await run([{ stdout: "T" }], { platform: "windows" })).ran, [["one", "C:\\", 10_000]]);
});

const IMDS = "http://169.254.169.254";

/** Asks for a managed identity; `probed` is the status of the probe, `answer` that of the request itself. */
async function askIdentity(
  probed: number | undefined,
  answer: () => Response,
  { isOnly, ...options }: FakeOptions & { readonly isOnly?: boolean } = {},
) {
  const hosts: string[] = [];
  const ctx = world({
    ...options,
    fetch: async (request) => {
      const { origin, pathname } = new URL(request.url);
      equal(pathname, "/metadata/identity/oauth2/token");
      hosts.push(origin);
      if (request.headers.get("metadata") === "true") return answer();
      if (probed === undefined) throw new TypeError("refused");
      return new Response("{}", { status: probed });
    },
  });
  const credential = managedIdentityCredential(ctx, { ...(isOnly !== undefined && { isOnly }) });
  return { answer: await credential.getToken(cloud.mlScope), hosts };
}

const token = () => Response.json({ access_token: "T", expires_in: "60" });

Deno.test("managed-identity credential probes the metadata service", async () => {
  for (const status of [400, 410, 429, 500, 503]) {
    const { answer, hosts } = await askIdentity(status, token);
    deepEqual(["token" in answer, hosts.at(-1)], [true, IMDS]);
  }
  for (const status of [200, 404, undefined]) {
    const { answer } = await askIdentity(status, token);
    const { because, unavailable, hint } = answer as Unavailable;
    deepEqual([because, hint], ["not_configured", undefined]);
    match(unavailable, /no metadata service answers/);
  }
});

Deno.test("managed-identity credential uses AZURE_POD_IDENTITY_AUTHORITY_HOST", async () => {
  const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: "http://pod:81//" };
  deepEqual((await askIdentity(400, token, { env })).hosts, ["http://pod:81", "http://pod:81"]);
});

Deno.test("managed-identity credential suggests NO_PROXY if a proxy answers", async () => {
  for (const env of [{ HTTP_PROXY: "http://proxy:1" }, { http_proxy: "http://proxy:1" }]) {
    const answered = (await askIdentity(403, token, { env })).answer as Unavailable;
    for (const status of [502, 504]) {
      equal(((await askIdentity(status, token, { env })).answer as Unavailable).hint, answered.hint);
    }
    equal(answered.hint, "Add 169.254.169.254 to NO_PROXY");
    equal(((await askIdentity(undefined, token, { env })).answer as Unavailable).hint, undefined);
  }
});

Deno.test("managed-identity credential says that the service stopped answering", async () => {
  const stop = () => {
    throw new TypeError("refused");
  };
  deepEqual((await askIdentity(400, stop)).answer, {
    because: "failed",
    unavailable: "the metadata service stopped answering",
    hint: "Try again",
  });
  const only = (await askIdentity(400, stop, { isOnly: true })).answer as Unavailable;
  equal(only.unavailable, "no metadata service answers on this machine");
});

for (
  const [what, body, env] of [
    ["no identity is assigned", { error_description: "Identity not found" }, {}],
    ["no identity has the client id", { error_description: "Identity not found" }, { AZURE_CLIENT_ID: "id" }],
    [
      "App Service has no identity with the client id",
      {
        statusCode: 400,
        message: "No User Assigned or Delegated Managed Identity found for specified ClientId.",
      },
      { AZURE_CLIENT_ID: "id" },
    ],
    ["the service returns an error", { error: "bad" }, {}],
  ] as const
) {
  Deno.test(`managed-identity credential is skipped if ${what}`, async (t) => {
    const answer = () => Response.json(body, { status: 400 });
    const found = (await askIdentity(400, answer, { env })).answer as Unavailable;
    await assertTranscript(t, `${found.because}: ${textOf(found)}`, import.meta.url);
  });
}

for (
  const [name, env] of [
    ["IDENTITY_ENDPOINT", { IDENTITY_ENDPOINT: "nonsense", IDENTITY_HEADER: "h", MSI_ENDPOINT: "nonsense" }],
    ["MSI_ENDPOINT", { MSI_ENDPOINT: "nonsense" }],
    ["AZURE_POD_IDENTITY_AUTHORITY_HOST", { AZURE_POD_IDENTITY_AUTHORITY_HOST: "nonsense" }],
  ] as const
) {
  Deno.test(`managed-identity credential rejects an invalid URL in ${name}`, async () => {
    const { answer, hosts } = await askIdentity(400, token, { env });
    const { because, unavailable, hint } = answer as Unavailable;
    deepEqual([because, unavailable, hint, hosts], [
      "failed",
      `${name} is not a URL: "nonsense"`,
      `Unset ${name}`,
      [],
    ]);
  });
}

Deno.test("federatedCredential() rejects an empty assertion", async () => {
  const options = { cloud, tenant: TENANT, clientId: "app", assertion: async () => " \n" };
  const ask = (credential: "workload-identity" | "github-oidc") =>
    federatedCredential(world({}), { ...options, credential }).getToken(cloud.mlScope);
  await rejects(ask("workload-identity"), {
    code: "auth.assertion",
    message: "Cannot sign in with workload-identity: the assertion is empty",
    hint: "Check what writes the file in AZURE_FEDERATED_TOKEN_FILE",
  });
  await rejects(ask("github-oidc"), { code: "auth.assertion", hint: "Check what issues the assertion" });
});

for (
  const [name, audience] of [
    ["AzureCloud", "api://AzureADTokenExchange"],
    ["AzureUSGovernment", "api://AzureADTokenExchangeUSGov"],
    ["AzureChinaCloud", "api://AzureADTokenExchangeChina"],
  ] as const
) {
  Deno.test(`github-oidc credential requests audience ${audience} in ${name}`, async () => {
    const asked: string[] = [];
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example/x",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
      AZURE_CLIENT_ID: "app",
      AZURE_TENANT_ID: TENANT,
    };
    const fetch = async ({ url }: Request) => {
      asked.push(url);
      return new Response("", { status: 403 });
    };
    const { getToken } = githubOidcCredential(world({ env, fetch }), { cloud: CLOUDS[name]! });
    await rejects(getToken(cloud.mlScope), { code: "auth.assertion" });
    deepEqual(asked, [`https://ci.example/x?audience=${encodeURIComponent(audience)}`]);
  });
}

Deno.test("azure-pipelines credential prefers the service connection to AZURE_CLIENT_ID", async () => {
  const asked: string[] = [];
  const env = {
    SYSTEM_OIDCREQUESTURI: "https://ci.example/x",
    SYSTEM_ACCESSTOKEN: "t",
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "c",
    AZURESUBSCRIPTION_CLIENT_ID: "connection",
    AZURESUBSCRIPTION_TENANT_ID: "connection.example",
    AZURE_CLIENT_ID: "other",
    AZURE_TENANT_ID: "other.example",
  };
  const fetch = async (request: Request) => {
    if (request.url.startsWith("https://ci.")) return Response.json({ oidcToken: "a.b.c" });
    asked.push(new URL(request.url).pathname.split("/")[1]!, await request.text());
    return Response.json({ error: "invalid_client", error_description: "AADSTS7000215: No." }, {
      status: 401,
    });
  };
  const { getToken } = azurePipelinesCredential(world({ env, fetch }), { cloud });
  await rejects(getToken(cloud.mlScope), { code: "auth.aadsts7000215" });
  equal(asked[0], "connection.example");
  match(asked.join(" "), /client_id=connection&/);
});

const OWN = { AZURE_CLIENT_ID: "app", AZURE_TENANT_ID: "own.example" };

for (
  const [create, hint] of [
    [githubOidcCredential, "Add `permissions: { id-token: write }` to the job"],
    [
      azurePipelinesCredential,
      "Add `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }` to the step, and let the pipeline use the service connection",
    ],
  ] as const
) {
  Deno.test(`${create === githubOidcCredential ? "github-oidc" : "azure-pipelines"} credential says which permission a job lacks`, async () => {
    const env = {
      ...OWN,
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example/x",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
      SYSTEM_OIDCREQUESTURI: "https://ci.example/x",
      SYSTEM_ACCESSTOKEN: "t",
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "c",
    };
    const { getToken } = create(world({ env, fetch: async () => new Response("", { status: 403 }) }), {
      cloud,
    });
    await rejects(getToken(cloud.mlScope), { code: "auth.assertion", hint });
  });
}

/** Asks a CI system for an assertion, which answers like this. */
function askCi(answer: () => Response) {
  const sent: Request[] = [];
  const ctx = world({ fetch: async (request) => (sent.push(request), answer()) });
  const request = {
    issuer: "CI",
    url: "https://ci.example/x",
    method: "POST" as const,
    token: "t",
    headers: {},
    field: "value",
    hint: "H",
  };
  return { made: askForAssertion(ctx, request), sent };
}

for (
  const [what, answer, says, exit, hint] of [
    [
      "a response without an assertion",
      () => Response.json({ value: 7 }),
      "something other than an assertion",
      4,
      "H",
    ],
    ["status 403", () => Response.json({ value: "a" }, { status: 403 }), "status 403", 4, "H"],
    [
      "status 503",
      () => new Response("", { status: 503 }),
      "status 503",
      6,
      "Run the job again when CI is available",
    ],
  ] as const
) {
  Deno.test(`askForAssertion() reports ${what}`, async () => {
    const { made, sent } = askCi(answer);
    await rejects(made, {
      code: "auth.assertion",
      message: `Cannot get an assertion from CI: it answered with ${says}`,
      exit,
      hint,
    });
    equal(sent.length, exit === 6 ? 4 : 1, "only a service that is not available is asked again");
  });
}

Deno.test("askForAssertion() reports a broken connection", async () => {
  const { made } = askCi(() => {
    throw new TypeError("refused");
  });
  await rejects(made, { code: /^network\./, message: /get an assertion from CI/ });
});
