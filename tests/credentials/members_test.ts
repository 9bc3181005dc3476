import { deepStrictEqual as assertEquals, match, ok, rejects, strictEqual } from "node:assert/strict";
import type { Exit } from "../../src/core/context.ts";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import type { Token, Unavailable } from "../../src/credentials/credential.ts";
import type { CredentialName } from "../../src/credentials/chain_order.ts";
import {
  azurePipelinesCredential,
  githubOidcCredential,
  workloadIdentityCredential,
} from "../../src/credentials/federated.ts";
import {
  azdCredential,
  azureCliCredential,
  azurePowerShellCredential,
} from "../../src/credentials/azure_tools.ts";
import { environmentCredential } from "../../src/credentials/environment.ts";
import { managedIdentityCredential } from "../../src/credentials/managed_identity.ts";
import { browserCredential, deviceCodeCredential } from "../../src/credentials/browser_and_device_code.ts";
import { sessionCredential } from "../../src/credentials/session.ts";
import type { UserError } from "../../src/core/errors.ts";
import { exited, type FakeOptions } from "../fakes/context.ts";
import { assertTranscript } from "../cli/transcript.ts";
import { APP, createEntra, jwt, PRINCIPAL, SECRET, TENANT, world } from "./entra.ts";

const MEMBERS = {
  "environment": environmentCredential,
  "workload-identity": workloadIdentityCredential,
  "github-oidc": githubOidcCredential,
  "azure-pipelines": azurePipelinesCredential,
  "managed-identity": managedIdentityCredential,
  "session": sessionCredential,
  "azure-cli": azureCliCredential,
  "azure-powershell": azurePowerShellCredential,
  "azd": azdCredential,
  "browser": browserCredential,
  "device-code": deviceCodeCredential,
};

const cloud = CLOUDS.AzureCloud!;

function ask(name: CredentialName, options: FakeOptions, tenant?: string): Promise<Token | Unavailable> {
  return MEMBERS[name](world(options), { cloud, tenant }).getToken(cloud.mlScope);
}

function execReturning(exit: Partial<Exit>) {
  return async () => exited({ status: 1, ...exit });
}

/** A program that fails with this error output. */
const saying = (stderr: string): FakeOptions => ({ exec: execReturning({ stderr }) });

/** Variables of an Azure Pipelines job with a service connection. */
const PIPELINE = {
  SYSTEM_OIDCREQUESTURI: "https://dev.azure.com/o/p/_apis/oidctoken",
  SYSTEM_ACCESSTOKEN: "right",
  AZURESUBSCRIPTION_CLIENT_ID: APP,
  AZURESUBSCRIPTION_TENANT_ID: TENANT,
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection",
};

/** Variables, or what real programs print. */
const PASSED_OVER: Partial<Record<CredentialName, Readonly<Record<string, FakeOptions>>>> = {
  "environment": {
    "AZURE_CLIENT_SECRET is empty": {
      env: { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: APP, AZURE_CLIENT_SECRET: "" },
    },
    "only AZURE_TENANT_ID is set": { env: { AZURE_TENANT_ID: TENANT } },
  },
  "workload-identity": {
    "AZURE_TENANT_ID is missing": { env: { AZURE_FEDERATED_TOKEN_FILE: "/token", AZURE_CLIENT_ID: APP } },
  },
  "github-oidc": {
    "only AZURE_TENANT_ID is missing": {
      env: {
        ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example.org/assertion",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "right",
        AZURE_CLIENT_ID: APP,
      },
    },
    "the job lacks the id-token permission": { env: { GITHUB_ACTIONS: "true" } },
    "ACTIONS_ID_TOKEN_REQUEST_URL is no https URL": {
      env: {
        ACTIONS_ID_TOKEN_REQUEST_URL: "http://oidc.example/",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "right",
        AZURE_CLIENT_ID: APP,
        AZURE_TENANT_ID: TENANT,
      },
    },
  },
  "azure-pipelines": {
    "SYSTEM_OIDCREQUESTURI is no https URL": { env: { ...PIPELINE, SYSTEM_OIDCREQUESTURI: "nonsense" } },
    "SYSTEM_ACCESSTOKEN is an unexpanded macro": {
      env: { ...PIPELINE, SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" },
    },
  },
  "managed-identity": {
    "it runs on Azure ML compute": { env: { MSI_ENDPOINT: "http://10.0.0.4", MSI_SECRET: "s" } },
    "the metadata service cannot be reached": { fetch: () => Promise.reject(new TypeError("fetch failed")) },
    "a proxy answers for the metadata service": {
      env: { HTTP_PROXY: "http://proxy" },
      fetch: async () => new Response("denied", { status: 403 }),
    },
    "it runs on Service Fabric": {
      env: { IDENTITY_ENDPOINT: "https://fabric:1", IDENTITY_HEADER: "h", IDENTITY_SERVER_THUMBPRINT: "t" },
    },
    "the metadata service returns no token": {
      fetch: async (request) =>
        new Response("<html>", { status: request.headers.get("metadata") === "true" ? 200 : 400 }),
    },
  },
  "azure-cli": {
    "az is not installed": {},
    "az.cmd is not recognized on Windows": {
      platform: "windows",
      exec: execReturning({
        stderr: "'az.cmd' is not recognized as an internal or external command,\r\noperable program",
      }),
    },
    "az is not signed in": saying("ERROR: Please run 'az login' to setup account.\n"),
    "its refresh token has expired": saying(
      "ERROR: AADSTS700082: The refresh token has expired due to inactivity. The token was issued on " +
        "2025-01-01T00:00:00Z and was inactive for 90.00:00:00. Trace ID: 1 Correlation ID: 2 Timestamp: 3\n" +
        "Interactive authentication is needed. Please run:\naz login --scope https://ml.azure.com/.default\n",
    ),
    "az requires multi-factor authentication": saying(
      "ERROR: AADSTS50076: Due to a configuration change, you must use MFA.\n",
    ),
    "the tenant does not have its application": saying(
      "ERROR: AADSTS700016: Application with identifier 'x' was not found. Trace ID: t Timestamp: now\n" +
        "Run the command below to authenticate interactively; additional arguments may be added as needed:\n" +
        "az logout\naz login\n",
    ),
    "az hangs": { exec: execReturning({ timedOut: true, status: 143 }) },
    "az prints a traceback after its error": saying(
      "ERROR: The command failed with an unexpected error. Here is the traceback:\nERROR: [Errno 13] " +
        "Permission denied: 'az.json'\nTraceback (most recent call last):\n  File \"x\"\n",
    ),
    "az prints control characters": saying("\x1b[31mERROR: red\x07 \ufffd\x00words\x1b[0m"),
    "az does not trust the network's certificate": saying(
      "requests.exceptions.SSLError: certificate verify failed: self-signed",
    ),
  },
  "azure-powershell": {
    "PowerShell is not installed": {},
    "module Az.Accounts is missing": { exec: execReturning({ status: 3, stderr: "no Az.Accounts" }) },
    "PowerShell is not signed in": saying("Get-AzAccessToken: Run Connect-AzAccount to login."),
  },
  "azd": {
    "azd is not installed": {},
    "azd wants a new sign-in": saying('{"data":{"message":"reauthentication required"}}'),
    "azd is not signed in": saying(
      '{"type":"consoleMessage","timestamp":"t","data":{"message":"\\nERROR: not logged in, run `azd auth ' +
        'login` to login\\n"}}\n',
    ),
    "its refresh token has expired": saying(
      '{"error":"AADSTS70043: The refresh token has expired","suggestion":"x"}',
    ),
  },
};

for (const [name, reasons] of Object.entries(PASSED_OVER)) {
  for (const [what, options] of Object.entries(reasons)) {
    Deno.test(`${name} credential is skipped if ${what}`, async (t) => {
      const { because, unavailable, hint = "" } = await ask(name as CredentialName, options) as Unavailable;
      await assertTranscript(t, `${because}: ${unavailable}\n${hint}`, import.meta.url);
    });
  }
}

Deno.test("azure-cli credential reads the local time of an older az", async () => {
  const stdout = JSON.stringify({ accessToken: "T", expiresOn: "2027-01-15 08:00:00.123456" });
  const { expiresAt } = await ask("azure-cli", { exec: execReturning({ status: 0, stdout }) }) as Token;
  assertEquals(expiresAt, new Date(2027, 0, 15, 8, 0, 0, 123));
});

const OF_VARIABLES = { AZURE_CLIENT_ID: APP, AZURE_TENANT_ID: TENANT };

for (
  const [name, env] of [
    ["environment", { ...OF_VARIABLES, AZURE_CLIENT_SECRET: "s" }],
    ["workload-identity", { ...OF_VARIABLES, AZURE_FEDERATED_TOKEN_FILE: "/t" }],
    ["github-oidc", {
      ...OF_VARIABLES,
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.example",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
    }],
    ["azure-pipelines", {
      ...OF_VARIABLES,
      SYSTEM_OIDCREQUESTURI: "https://ci.example",
      SYSTEM_ACCESSTOKEN: "t",
      AZURESUBSCRIPTION_TENANT_ID: TENANT,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "c",
    }],
  ] as const
) {
  Deno.test(`${name} credential prefers --tenant to its variables`, async () => {
    const tenants = new Set<string>();
    const fetch = async ({ url }: Request) => {
      const { host, pathname } = new URL(url);
      if (host === "ci.example") return Response.json({ value: "a.b.c", oidcToken: "a.b.c" });
      tenants.add(pathname.split("/")[1]!);
      return Response.json({ error: "x", error_description: "AADSTS1: no" }, { status: 400 });
    };
    await rejects(ask(name, { env, fetch, files: { "/t": "a.b.c" } }, "chosen.example"), {
      code: "auth.aadsts1",
    });
    assertEquals([...tenants], ["chosen.example"]);
  });
}

Deno.test("azd credential requests the scope", async () => {
  const calls: unknown[] = [];
  const answering = (answer: unknown): FakeOptions => ({
    exec: (program, args, options) => {
      calls.push([program, args.at(-1), options?.env]);
      return execReturning({ status: 0, stdout: JSON.stringify(answer) })();
    },
  });
  const azd = await ask("azd", answering({ token: "A", expiresOn: "2027-01-15T08:00:00Z" }));
  const pwsh = await ask("azure-powershell", answering({ token: "P", expiresOn: 1_800_000_000 }), TENANT);
  assertEquals(azd, { token: "A", expiresAt: new Date("2027-01-15T08:00:00Z") });
  assertEquals(pwsh, { token: "P", expiresAt: new Date(1_800_000_000_000) });
  assertEquals(calls[0], ["azd", "https://ml.azure.com/.default", {}]);
  assertEquals((calls[1] as unknown[])[2], { TOKEN_RESOURCE: "https://ml.azure.com", TOKEN_TENANT: TENANT });
});

Deno.test("azure-cli credential falls back to az if az.cmd is missing on Windows", async () => {
  const answers = {
    "azure-powershell": { token: "T", expiresOn: 1_800_000_000 },
    "azure-cli": { accessToken: "T", expires_on: 1_800_000_000 },
  };
  for (const name of ["azure-powershell", "azure-cli"] as const) {
    const calls: string[] = [];
    const exec: FakeOptions["exec"] = (program) => {
      calls.push(program);
      if (program === "pwsh") return execReturning({ found: false, status: 127 })();
      if (program === "az.cmd") return execReturning({ status: 9009 })();
      return execReturning({ status: 0, stdout: JSON.stringify(answers[name]) })();
    };
    strictEqual((await ask(name, { platform: "windows", exec }) as Token).token, "T");
    assertEquals(calls, name === "azure-cli" ? ["az.cmd", "az"] : ["pwsh", "powershell"]);
  }
});

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}';

/** The answer to a claims challenge, as in azure-identity. */
const CHALLENGED: Readonly<Record<string, readonly [unavailable: string, hint: string]>> = {
  "azure-cli": [
    "Azure CLI needs a new sign-in for that",
    `Run \`az login --tenant ${TENANT} --scope https://ml.azure.com/.default --claims-challenge ${
      btoa(CLAIMS)
    }\` (Azure CLI 2.76 or later), then run the command again`,
  ],
  "azure-powershell": [
    "Azure PowerShell needs a new sign-in for that",
    `Run \`Connect-AzAccount -Tenant ${TENANT} -ClaimsChallenge ${
      btoa(CLAIMS)
    }\` in PowerShell (Az.Accounts 5.2.0 or later), then run the command again`,
  ],
  "azd": [
    "azd needs a new sign-in for that",
    `Run \`azd auth login --tenant-id ${TENANT}\`, then run the command again`,
  ],
};

for (const [name, said] of Object.entries(CHALLENGED)) {
  Deno.test(`${name} credential suggests a sign-in for a claims challenge`, async () => {
    const calls: (readonly string[])[] = [];
    const exec: FakeOptions["exec"] = (_program, args) => {
      calls.push(args);
      return execReturning({ stderr: '{"error":"reauthentication required"}' })();
    };
    const credential = MEMBERS[name as "azd"](world({ exec }), { cloud });
    const answer = await credential.getToken(cloud.mlScope, {
      claims: CLAIMS,
      tenant: TENANT,
    }) as Unavailable;
    assertEquals([answer.unavailable, answer.hint], said);
    assertEquals(calls.map((args) => args.slice(-2)), name === "azd" ? [["--claims", btoa(CLAIMS)]] : []);
  });
}

Deno.test("azd credential passes on a claims challenge", async () => {
  const token = { token: "A", expiresOn: "2027-01-15T08:00:00Z" };
  const good = azdCredential(world({ exec: execReturning({ status: 0, stdout: JSON.stringify(token) }) }), {
    cloud,
  });
  strictEqual((await good.getToken(cloud.mlScope, { claims: CLAIMS }) as Token).token, "A");
  const old = azdCredential(world(saying("ERROR: unknown flag: --claims")), {
    cloud,
  });
  assertEquals(await old.getToken(cloud.mlScope, { claims: CLAIMS }), {
    because: "failed",
    unavailable: "this version of azd does not support claims challenges",
    hint: "Update azd to 1.18.1 or later",
  });
});

Deno.test("azure-cli credential hides secrets in output of az", async () => {
  const token = jwt({ upn: "ada" });
  const stderr = `ERROR: broke with {"accessToken": "${token}"} and client_secret=${SECRET}`;
  for (const name of ["azure-cli", "azd", "azure-powershell"] as const) {
    const shown = JSON.stringify(await ask(name, { exec: execReturning({ stderr }) }));
    ok(!shown.includes(token) && !shown.includes(SECRET), shown);
  }
});

Deno.test("workload-identity credential reads its file for each token", async () => {
  const entra = createEntra();
  const ctx = world({
    env: { AZURE_FEDERATED_TOKEN_FILE: "/run/token", AZURE_CLIENT_ID: APP, AZURE_TENANT_ID: TENANT },
    files: { "/run/token": "first\n" },
    fetch: entra.fetch,
  });
  const credential = workloadIdentityCredential(ctx, { cloud });
  await credential.getToken(cloud.mlScope);
  await ctx.fs.writeText("/run/token", "second\n");
  await credential.getToken(cloud.mlScope);
  assertEquals(entra.forms.map((form) => form.get("client_assertion")), ["first", "second"]);
  await ctx.fs.remove("/run/token");
  await rejects(credential.getToken(cloud.mlScope), {
    code: "auth.assertion",
    exit: 4,
    message: 'Cannot read the assertion in "/run/token": file not found',
    hint: "Set AZURE_FEDERATED_TOKEN_FILE to the file that the cluster mounts, or unset it",
  });
  ctx.fs.readText = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  await rejects(credential.getToken(cloud.mlScope), {
    message: 'Cannot read the assertion in "/run/token": the file cannot be read',
  });
});

const GITHUB = {
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://actions.example.org/token?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "github-request-token",
  AZURE_CLIENT_ID: APP,
  AZURE_TENANT_ID: TENANT,
};

Deno.test("github-oidc credential suggests listing federated credentials", async () => {
  const entra = createEntra(() => ({ code: 700213, text: "No matching federated identity record found." }));
  const fetch = (request: Request) =>
    request.url.startsWith("https://actions.")
      ? Promise.resolve(Response.json({ value: "assertion" }))
      : entra.fetch(request);
  await rejects(ask("github-oidc", { env: GITHUB, fetch }), (error: UserError) => {
    match(error.message, /no federated credential of application .* has this subject/);
    match(error.hint!, /az ad app federated-credential list --id 2222/);
    return true;
  });
});

Deno.test("managed-identity credential probes before it requests a token", async () => {
  const asked: string[] = [];
  const fetch = async (request: Request) => {
    asked.push(`${request.headers.get("metadata")} ${request.url}`);
    if (request.headers.get("metadata") !== "true") return new Response("{}", { status: 400 });
    return Response.json({ access_token: "T", expires_in: "86400", token_type: "Bearer" });
  };
  const { token, expiresAt } = await ask("managed-identity", {
    env: { AZURE_CLIENT_ID: APP },
    fetch,
  }) as Token;
  assertEquals([token, expiresAt], ["T", new Date("2026-01-03T03:04:05Z")]);
  const url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01" +
    `&resource=https%3A%2F%2Fml.azure.com&client_id=${APP}`;
  assertEquals(asked, [`null ${url}`, `true ${url}`]);
});

/** Shortens timeouts to a hundredth and records the requested ones in milliseconds. */
function shortLimits(): Disposable & { readonly limitsMs: readonly number[] } {
  const real = AbortSignal.timeout;
  const limitsMs: number[] = [];
  AbortSignal.timeout = (ms) => (limitsMs.push(ms), real.call(AbortSignal, ms / 100));
  return { limitsMs, [Symbol.dispose]: () => void (AbortSignal.timeout = real) };
}

Deno.test("managed-identity credential probes for less than a second", async () => {
  using short = shortLimits();
  const fetch = (request: Request) =>
    new Promise<Response>((_, reject) =>
      request.signal.addEventListener("abort", () => reject(request.signal.reason))
    );
  ok("unavailable" in await ask("managed-identity", { fetch }));
  ok(Math.max(...short.limitsMs) < 1000, `${short.limitsMs}`);
});

Deno.test("managed-identity credential waits ten seconds for a token", async () => {
  let asked = 0;
  const fetch = (request: Request) => {
    if (request.headers.get("metadata") !== "true") {
      return Promise.resolve(new Response("{}", { status: 400 }));
    }
    asked++;
    return new Promise<Response>((_, reject) =>
      request.signal.addEventListener("abort", () => reject(request.signal.reason))
    );
  };
  using short = shortLimits();
  const answer = await ask("managed-identity", { fetch }) as Unavailable;
  match(answer.unavailable, /stopped answering/);
  strictEqual(asked, 1);
  strictEqual(Math.max(...short.limitsMs), 10_000);
});

Deno.test("environment credential tries Entra ID twice for 15 seconds", async () => {
  let asked = 0;
  const fetch = (request: Request) => {
    asked++;
    return new Promise<Response>((_, reject) =>
      request.signal.addEventListener("abort", () => reject(request.signal.reason))
    );
  };
  using short = shortLimits();
  await rejects(ask("environment", { env: PRINCIPAL, fetch }), { code: "network.timeout" });
  strictEqual(asked, 2);
  assertEquals(new Set(short.limitsMs), new Set([15_000]));
});

for (
  const [what, times, seconds] of [
    ["takes the expiry time from expires_in", { expires_in: "60", expires_on: "1" }, 60],
    [
      "takes the expiry time from expires_on if expires_in is 0",
      { expires_in: 0, expires_on: 1_800_000_000 },
      undefined,
    ],
    ["treats a token without an expiry time as expired", {}, -Infinity],
  ] as const
) {
  Deno.test(`managed-identity credential ${what}`, async () => {
    const fetch = async () => Response.json({ access_token: "T", ...times });
    const env = { IDENTITY_ENDPOINT: "http://127.0.0.1:41/msi/token", IDENTITY_HEADER: "secret" };
    const ctx = world({ env, fetch });
    const { expiresAt } = await managedIdentityCredential(ctx).getToken(cloud.mlScope) as Token;
    const end = seconds === undefined ? 1_800_000_000_000 : ctx.clock.now().getTime() + seconds * 1000;
    strictEqual(expiresAt.getTime(), Math.max(end, 0));
  });
}

Deno.test("managed-identity credential uses the endpoint of App Service", async () => {
  let seen = "";
  const fetch = async (request: Request) => {
    seen = `${request.headers.get("x-identity-header")} ${request.url}`;
    return Response.json({ access_token: "T", expires_on: "1800000000" });
  };
  const env = { IDENTITY_ENDPOINT: "http://127.0.0.1:41/msi/token", IDENTITY_HEADER: "header-secret" };
  const { expiresAt } = await ask("managed-identity", { env, fetch }) as Token;
  assertEquals(expiresAt, new Date(1_800_000_000_000));
  strictEqual(
    seen,
    "header-secret http://127.0.0.1:41/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fml.azure.com",
  );
});

Deno.test("managed-identity credential hides its secret in errors", async () => {
  const fetch = async (request: Request) =>
    Response.json({ message: `bad header ${request.headers.get("x-identity-header")}` }, { status: 403 });
  const env = { IDENTITY_ENDPOINT: "http://127.0.0.1:41/msi/token", IDENTITY_HEADER: "header-secret" };
  const { unavailable } = await ask("managed-identity", { env, fetch }) as Unavailable;
  strictEqual(unavailable, "the metadata service said: bad header ***");
});

Deno.test("managed-identity credential prefers IDENTITY_ENDPOINT to MSI_ENDPOINT", async () => {
  const fetch = async (request: Request) =>
    request.url.startsWith("http://127.0.0.1:41/new")
      ? Response.json({ access_token: "T", expires_on: "1800000000" })
      : new Response("", { status: 500 });
  const env = {
    IDENTITY_ENDPOINT: "http://127.0.0.1:41/new",
    IDENTITY_HEADER: "header-secret",
    MSI_ENDPOINT: "http://127.0.0.1:41/old",
    MSI_SECRET: "header-secret",
  };
  strictEqual((await ask("managed-identity", { env, fetch }) as Token).token, "T");
  const broken = { ...env, MSI_ENDPOINT: "nonsense" };
  strictEqual((await ask("managed-identity", { env: broken, fetch }) as Token).token, "T");
});

Deno.test("managed-identity credential sends a form to Cloud Shell", async () => {
  const seen: unknown[] = [];
  const fetch = async (request: Request) => {
    const headers = ["metadata", "content-type"].map((name) => request.headers.get(name));
    seen.push([request.method, request.url, ...headers, await request.text()]);
    return Response.json({ access_token: "T", expires_on: "1800000000" });
  };
  const env = { MSI_ENDPOINT: "http://localhost:50342/oauth2/token", AZURE_CLIENT_ID: APP };
  strictEqual((await ask("managed-identity", { env, fetch }) as Token).token, "T");
  assertEquals(seen, [
    [
      ...["POST", "http://localhost:50342/oauth2/token", "true", "application/x-www-form-urlencoded"],
      "resource=https%3A%2F%2Fml.azure.com",
    ],
  ]);
});

for (const [status, atLeastMs] of [[404, 800], [410, 70_000]] as const) {
  Deno.test(`managed-identity credential retries status ${status} for ${atLeastMs} ms`, async () => {
    for (const busy of [2, 99]) {
      let asked = 0;
      const fetch = async (request: Request) => {
        if (request.headers.get("metadata") !== "true") return new Response("{}", { status: 400 });
        return ++asked <= busy
          ? Response.json({ error: "busy" }, { status })
          : Response.json({ access_token: "T", expires_in: "60" });
      };
      const ctx = world({ fetch });
      const start = ctx.clock.now().getTime();
      const answer = await managedIdentityCredential(ctx).getToken(cloud.mlScope);
      if (busy === 2) strictEqual((answer as Token).token, "T");
      else {
        ok("unavailable" in answer && ctx.clock.now().getTime() - start >= atLeastMs);
        strictEqual(asked, 6);
      }
    }
  });
}

const ARC = {
  IDENTITY_ENDPOINT: "http://localhost:40342/metadata/identity/oauth2/token",
  IMDS_ENDPOINT: "http://localhost:40342",
};

/** Creates the agent of Azure Arc, which names a file whose content it requires. */
function arc(realm: string, answer: object = {}): NonNullable<FakeOptions["fetch"]> {
  return async (request) => {
    if (request.headers.get("metadata") !== "true") return new Response("", { status: 400 });
    if (request.headers.get("authorization") === "Basic key-of-arc") {
      return Response.json({ access_token: "T", expires_in: "3600", ...answer });
    }
    return new Response("", { status: 401, headers: { "www-authenticate": `Basic realm=${realm}` } });
  };
}

Deno.test("managed-identity credential reads the key file of Azure Arc", async () => {
  const path = "/var/opt/azcmagent/tokens/abc.key";
  const found = await ask("managed-identity", {
    env: ARC,
    fetch: arc(path),
    files: { [path]: "key-of-arc" },
  });
  strictEqual((found as Token).token, "T");
  const unread = await ask("managed-identity", { env: ARC, fetch: arc(path) }) as Unavailable;
  strictEqual(unread.unavailable, `no permission to read "${path}"`);
  match(unread.hint!, /group `himds`/);
});

Deno.test("managed-identity credential rejects another identity from Azure Arc", async () => {
  const path = "/var/opt/azcmagent/tokens/abc.key";
  const env = { ...ARC, AZURE_CLIENT_ID: "Mine" };
  const urls: URL[] = [];
  const from = (answer: object) =>
    ask("managed-identity", {
      env,
      fetch: (request) => (urls.push(new URL(request.url)), arc(path, answer)(request)),
      files: { [path]: "key-of-arc" },
    });
  strictEqual((await from({ client_id: "mine" }) as Token).token, "T");
  assertEquals(Object.fromEntries(urls[0]!.searchParams), {
    "api-version": "2020-06-01",
    resource: "https://ml.azure.com",
    client_id: "Mine",
  });
  for (const answer of [{ client_id: "system" }, {}]) {
    const { unavailable, hint } = await from(answer) as Unavailable;
    match(
      `${unavailable} ${hint}`,
      /did not return the identity with client id "Mine" Unset AZURE_CLIENT_ID/,
    );
  }
});

Deno.test("managed-identity credential shows Azure Arc's error", async () => {
  const asked: string[] = [];
  const fetch = async ({ url }: Request) => {
    asked.push(new URL(url).host);
    return new Response("{}", { status: 403 });
  };
  const { unavailable } = await ask("managed-identity", { env: ARC, fetch }) as Unavailable;
  strictEqual(unavailable, "the metadata service said: status 403");
  for (const name of ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT"] as const) {
    await ask("managed-identity", { env: { [name]: ARC[name] }, fetch });
  }
  assertEquals(asked, ["localhost:40342", "169.254.169.254", "169.254.169.254"]);
});

for (
  const path of [
    "/etc/shadow",
    "/var/opt/azcmagent/tokens/../../../../etc/x.key",
    "/var/opt/azcmagent/tokens/a/b.key",
    "/var/opt/azcmagent/tokens/a.key/../b",
  ]
) {
  Deno.test(`managed-identity credential does not read ${path} for Azure Arc`, async () => {
    const answer = await ask("managed-identity", {
      env: ARC,
      fetch: arc(path),
      files: { [path]: "key-of-arc" },
    });
    match((answer as Unavailable).unavailable, /outside its own folder/);
  });
}
