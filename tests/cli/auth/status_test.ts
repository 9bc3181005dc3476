import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import { describeIdentity } from "../../../src/app/context.ts";
import { checkAuth } from "../../../src/app/check/auth_status.ts";
import { maySubmit, renderAuthStatus } from "../../../src/cli/commands/auth.ts";

import { makeWorld } from "../world.ts";

import { createEntra, PRINCIPAL, SECRET, world } from "../../credentials/entra.ts";

Deno.test("auth status on a terminal does not sign in interactively", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true, env: {} });
  strictEqual(await kedroAzureml("auth status"), 4);
  for (const credential of ["browser", "device-code"]) {
    const reason = "this command does not sign in interactively (";
    ok(ctx.stdout().includes(`· ${credential.padEnd(18)} ${reason}`), ctx.stdout());
  }
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

Deno.test("auth status --tenant takes precedence over AZURE_TENANT_ID", async () => {
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
  Deno.test(`auth status prints "Signed in as ${text}"`, () => {
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
  Deno.test(`auth status says that jobs ${no ? "can" : "cannot"} be submitted without ${right}`, () => {
    const may = (answer: string) => {
      const access = [{ right: "read_workspace", answer: "yes" }, { right, answer }];
      return maySubmit({ config: {}, access } as unknown as Parameters<typeof maySubmit>[0]);
    };
    assertEquals(["yes", "no", "unknown"].map(may), [true, no, unknown]);
  });
}
