import { RestError } from "@azure/core-rest-pipeline";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import { describeIdentity } from "../../../src/app/context.ts";
import { checkAuth } from "../../../src/app/check/auth_status.ts";
import { maySubmit, renderAuthStatus } from "../../../src/cli/commands/auth.ts";
import { UserError } from "../../../src/core/errors.ts";
import { makeWorld } from "../world.ts";
import { run } from "../../../src/cli/run.ts";
import type { Output } from "../../../src/cli/text/output.ts";
import { APP, createEntra, PRINCIPAL, SECRET, TENANT, world } from "../../credentials/entra.ts";

/** Returns the text with milliseconds replaced, which are those of a real sign-in. */
function text({ text }: Output): string {
  return text.replace(/\(\d+ ms\)/g, "(N ms)");
}

Deno.test("auth status shows the identity and each audience", async () => {
  const output = renderAuthStatus(
    await checkAuth(openCommandContext(world({ env: PRINCIPAL }), {}), {}),
  );
  strictEqual(output.exit, undefined);
  strictEqual(
    text(output),
    `Credentials, in the order they are tried
✓ environment        used (N ms)
  10 other credentials not needed; \`--json\` lists them
Identity
  name             ci
  kind             service principal
  object id        object
  application id   ${APP}
  tenant           ${TENANT}
  expires          2026-01-02 04:04 UTC
  cloud            AzureCloud (https://management.azure.com)
Tokens
✓ Resource Manager   https://management.azure.com until 2026-01-02 04:04 UTC
✓ Azure ML           https://ml.azure.com until 2026-01-02 04:04 UTC
✓ Storage            https://storage.azure.com until 2026-01-02 04:04 UTC
Workspace
· not checked: not in a Kedro project; use -C DIR
`,
  );
});

Deno.test("auth status when signed out exits 4 and says why each credential was not used", async () => {
  const output = renderAuthStatus(await checkAuth(openCommandContext(world(), {}), {}));
  strictEqual(output.exit, 4);
  ok(
    text(output).startsWith(
      "Credentials, in the order they are tried\n" +
        "· environment        AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET are not set, nor AZURE_CLIENT_CERTIFICATE_PATH (N ms)\n",
    ),
  );
  ok(
    text(output).endsWith(
      "· azd                Azure Developer CLI is not installed (no `azd` on PATH) (N ms)\n" +
        "· browser            not interactive (CI, --no-input, --json, or no terminal) (N ms)\n" +
        "· device-code        not interactive (CI, --no-input, --json, or no terminal) (N ms)\n" +
        "hint: Run `kedro-azureml auth login` or `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and " +
        "AZURE_CLIENT_SECRET\n" +
        "Workspace\n· not checked: not in a Kedro project; use -C DIR\n",
    ),
  );
  const { audiences } = output.data as { audiences: { name: string }[] };
  assertEquals(audiences.map(({ name }) => name), ["management"]);
});

Deno.test("auth status asks nobody to sign in, also on a terminal", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true, env: {} });
  strictEqual(await kedroAzureml("auth status"), 4);
  for (const credential of ["browser", "device-code"]) {
    const reason = "this command does not sign in interactively (";
    ok(ctx.stdout().includes(`· ${credential.padEnd(18)} ${reason}`), ctx.stdout());
  }
});

Deno.test("auth status exits 4 for a rejected audience, and marks only that one as failed", async () => {
  const entra = createEntra((form) =>
    form.get("scope")!.startsWith("https://ml.azure.com")
      ? { code: 500011, text: "The resource principal named https://ml.azure.com was not found" }
      : undefined
  );
  const output = renderAuthStatus(
    await checkAuth(openCommandContext(world({ env: PRINCIPAL, fetch: entra.fetch }), {}), {}),
  );
  strictEqual(output.exit, 4);
  const marks = text(output).split("Tokens\n")[1]!.split("\n").map((line) => line.slice(0, 20).trim());
  assertEquals(marks.slice(0, 3), ["✓ Resource Manager", "✗ Azure ML", "✓ Storage"]);
  assertEquals(
    (output.data as { audiences: { ok: boolean; error: { code: string } | null }[] }).audiences.map((one) =>
      one.error?.code ?? one.ok
    ),
    [true, "auth.aadsts500011", true],
  );
});

Deno.test("auth status prints no token or secret", async () => {
  const tokens: string[] = [];
  const entra = createEntra();
  const fetch = async (request: Request) => {
    const response = await entra.fetch(request);
    const { access_token } = await response.clone().json();
    if (access_token) tokens.push(access_token);
    return response;
  };
  const ctx = world({ env: PRINCIPAL, fetch });
  const output = renderAuthStatus(await checkAuth(openCommandContext(ctx, {}), {}));
  strictEqual(tokens.length, 3);
  const shown = JSON.stringify(output) + ctx.stdout() + ctx.stderr();
  for (const secret of [...tokens, ...tokens.map((token) => token.split(".")[1]!), SECRET]) {
    ok(!shown.includes(secret));
  }
});

Deno.test("auth status --credential checks only that credential", async () => {
  const ctx = world({ env: PRINCIPAL });
  strictEqual(await run(["auth", "status", "--credential", "azure-cli", "--json"], ctx), 4);
  const { credentials } = JSON.parse(ctx.stdout()) as { credentials: { name: string }[] };
  assertEquals(credentials.map(({ name }) => name), ["azure-cli"]);
});

Deno.test("auth status does not look for the workspace of the project when signed out", async () => {
  const { ctx, azure, kedroAzureml } = makeWorld({ env: {} });
  strictEqual(await kedroAzureml("auth status"), 4);
  ok(ctx.stdout().endsWith("Workspace\n· not checked: not signed in to Resource Manager\n"), ctx.stdout());
  ok(!azure.requests.some(({ url }) => url.includes("/Microsoft.MachineLearningServices/")));
});

Deno.test("auth status asks a service that does not answer once", async () => {
  const asked: string[] = [];
  const world = makeWorld({
    fetch: async (request) => {
      if (!request.url.includes("/Microsoft.MachineLearningServices/")) {
        return await world.azure.fetch(request);
      }
      asked.push(request.url);
      throw new RestError("No answer within 20 s", { code: "ETIMEDOUT" });
    },
  });
  strictEqual(await world.kedroAzureml("auth status"), 6);
  assertEquals([asked.length, new Set(asked).size], [1, 1]);
});

Deno.test("auth status --tenant signs in to that tenant instead of AZURE_TENANT_ID", async () => {
  const { azure, kedroAzureml } = makeWorld();
  await kedroAzureml("auth status --tenant other.example");
  const asked = azure.requests.map(({ url }) => new URL(url)).filter(({ host }) => host.startsWith("login."));
  assertEquals(new Set(asked.map(({ pathname }) => pathname.split("/")[1])), new Set(["other.example"]));
});

const IDS = { applicationId: "app", objectId: "object", tenantId: "tenant" };
const USED = { name: "azure-cli", status: "used" };
for (
  const [identity, members, text] of [
    [undefined, [], "an unnamed identity"],
    [
      { kind: "user", name: "ada@example.com", ...IDS },
      [USED],
      "ada@example.com in tenant tenant (Azure CLI)",
    ],
    [
      { kind: "service principal", ...IDS },
      [{ ...USED, status: "failed" }],
      "service principal app in tenant tenant",
    ],
    [
      { kind: "managed identity", objectId: "object" },
      [{ ...USED, title: "Arc" }],
      "managed identity object (Arc)",
    ],
    [{ kind: "unknown", objectId: "object" }, [], "object"],
  ] as const
) {
  Deno.test(`describeIdentity() says: Signed in as ${text}`, () => {
    const [who, tried] = [identity, members] as unknown as Parameters<typeof describeIdentity>;
    strictEqual(describeIdentity(who, tried), `Signed in as ${text}`);
  });
}

for (
  const [right, no, unknown] of [
    ["read_workspace", false, false],
    ["submit_jobs", false, true],
    ["write_data_assets", false, true],
    ["read_blobs", true, true],
    ["write_blobs", true, true],
  ] as const
) {
  Deno.test(`maySubmit() is ${no} without the right ${right}, and ${unknown} if that is unknown`, () => {
    const may = (answer: string) => {
      const access = [{ right: "read_workspace", answer: "yes" }, { right, answer }];
      return maySubmit({ config: {}, access } as unknown as Parameters<typeof maySubmit>[0]);
    };
    assertEquals(["yes", "no", "unknown"].map(may), [true, no, unknown]);
  });
}

Deno.test("maySubmit() is true if nothing was checked, and false after an error", () => {
  const error = new UserError("No", { code: "a.b" });
  assertEquals([maySubmit({ skipped: "no project" }), maySubmit({ error })], [true, false]);
});
