import { openCommandContext } from "../../src/cli/terminal/command_context.ts";
import { deepStrictEqual as assertEquals, match, strictEqual } from "node:assert/strict";
import { checkAuth } from "../../src/app/check/auth_status.ts";
import { renderAuthStatus } from "../../src/cli/commands/auth.ts";
import { createEmulator, type EmulatorOptions } from "../fakes/emulator.ts";
import type { FaultKind } from "../fakes/emulator/faults.ts";
import { fakeContext } from "../fakes/context.ts";

/** Creates a world with the emulator's service principal, with some variables changed. */
function sign(options: EmulatorOptions = {}, changed: Record<string, string> = {}) {
  const azure = createEmulator(options);
  const { tenant, client, secret } = azure.identity;
  const env = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret, ...changed };
  return { azure, ctx: fakeContext({ env, fetch: azure.fetch }) };
}

interface Data {
  readonly cloud: { readonly name: string };
  readonly credentials: readonly { readonly status: string; readonly reason?: string }[];
  readonly audiences: readonly { readonly ok: boolean; readonly error: { readonly code: string } | null }[];
}

async function status(world: ReturnType<typeof sign>) {
  const { exit = 0, data } = renderAuthStatus(
    await checkAuth(openCommandContext(world.ctx, {}), {}),
  );
  const { audiences, ...rest } = data as Data;
  return { exit, ...rest, audiences: audiences.map(({ ok, error }) => error?.code ?? ok) };
}

for (const version of ["2019-05-01", "2022-09-01"]) {
  Deno.test(`emulator describes itself as a cloud in metadata ${version}`, async () => {
    const origin = "https://127.0.0.1:8443";
    const url = `${origin}/metadata/endpoints?api-version=${version}`;
    const world = sign({ origin }, { ARM_CLOUD_METADATA_URL: url });
    const { exit, audiences, cloud } = await status(world);
    assertEquals([exit, audiences, cloud.name], [0, [true, true, true], "AzureMLEmulator"]);
    for (const exchange of world.azure.requests) strictEqual(new URL(exchange.url).origin, origin);
  });
}

const OTHER = "99999999-9999-4999-8999-999999999999";

for (
  const [name, value, code, says] of [
    ["AZURE_CLIENT_SECRET", "wrong", "auth.aadsts7000215", /wrong client secret for application/],
    ["AZURE_CLIENT_ID", OTHER, "auth.aadsts700016", /does not have application "9999/],
    ["AZURE_TENANT_ID", OTHER, "auth.aadsts90002", /tenant "9999.*" does not exist/],
  ] as const
) {
  Deno.test(`emulator rejects a wrong ${name} as Entra ID does`, async () => {
    const { exit, audiences, credentials } = await status(sign({}, { [name]: value }));
    assertEquals([exit, audiences, credentials[0]!.status], [4, [code], "failed"]);
    match(credentials[0]!.reason!, says);
  });
}

const FAULTS: readonly (readonly [what: string, FaultKind])[] = [
  ["throttling", { kind: "throttle", retryAfterSeconds: 3 }],
  ["status 503", { kind: "status", status: 503 }],
  ["a connection cut before the request", { kind: "cut", afterServer: false }],
  ["a connection cut before the response", { kind: "cut", afterServer: true }],
];

for (const [what, happens] of FAULTS) {
  Deno.test(`auth status repeats a sign-in request after ${what}`, async () => {
    const world = sign({ faults: [{ url: /login\.microsoftonline\.com/, times: 2, happens }] });
    const { exit } = await status(world);
    assertEquals([exit, world.ctx.sleeps.length], [0, 2]);
  });
}
