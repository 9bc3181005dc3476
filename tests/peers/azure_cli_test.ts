import { deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import { loadCloud } from "../../src/core/clouds/load.ts";
import type { Context } from "../../src/core/context.ts";
import { createTokenSource } from "../../src/credentials/chain/token_source.ts";
import { exec } from "../../src/system/exec.ts";
import { createFetch } from "../../src/system/fetch.ts";
import { withServed } from "../system/served.ts";
import { peerPath, skippedWithout } from "./peer.ts";

const AZ = peerPath("azcli/bin/az");
const skipped = skippedWithout("azcli/bin/az");

const WORKSPACE = {
  subscription_id: "00000000-1111-2222-3333-444444444444",
  resource_group: "rg",
  name: "ws",
};

interface Signed {
  readonly ctx: Context;
  readonly az: (...args: readonly string[]) => ReturnType<Context["exec"]>;
  readonly secret: string;
  readonly tenant: string;
  readonly client: string;
}

/** The real Azure CLI in a folder of its own, which knows an emulator over HTTPS as its cloud. */
async function withAzureCli(use: (signed: Signed) => Promise<void>): Promise<void> {
  const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
  const seed = { workspaces: [WORKSPACE], secret: "s3cr3t of az" };
  await withServed({ seed, clock }, async ({ ctx: base, caFile, origin, env: found, folder }) => {
    const env = {
      ARM_CLOUD_METADATA_URL: found.ARM_CLOUD_METADATA_URL!,
      SSL_CERT_FILE: caFile,
      REQUESTS_CA_BUNDLE: caFile,
      AZURE_CONFIG_DIR: `${folder}/az`,
      NO_PROXY: "127.0.0.1",
    };
    const az: Signed["az"] = (...args) => exec(AZ, args, { env });
    const ctx: Context = {
      ...base,
      env,
      fetch: createFetch(env),
      exec: (program, args, options) =>
        exec(program === "az" ? AZ : "/no/such/program", args, { ...options, env }),
    };
    const endpoints = [
      ...["active-directory", "resource-manager", "management", "active-directory-resource-id"],
      ...["active-directory-graph-resource-id", "gallery", "sql-management"],
    ].flatMap((name) => [`--endpoint-${name}`, origin]);
    await az("config", "set", "core.instance_discovery=false", "core.collect_telemetry=false");
    await az("cloud", "register", "-n", "Local", ...endpoints);
    await az("cloud", "set", "-n", "Local");
    const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = found;
    await use({ ctx, az, tenant: tenant!, client: client!, secret: secret! });
  });
}

Deno.test({
  name: `the real Azure CLI is asked in its turn, and says who is signed in, or why nobody is${skipped}`,
  ignore: skipped !== "",
  // Clients keep connections, which nobody closes.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withAzureCli(async ({ ctx, az, tenant, client, secret }) => {
      const cloud = await loadCloud(ctx);
      const nobody = createTokenSource(ctx, { cloud });
      const error = await nobody.getToken(cloud.mlScope).catch((thrown) => thrown);
      assertEquals([error.code, error.hint], ["auth.no_credential", "Run `az login`"]);

      const principal = ["--service-principal", "-u", client, "--tenant", tenant];
      match((await az("login", ...principal, "-p", "wrong")).stderr, /AADSTS7000215/);
      strictEqual((await az("login", ...principal, "-p", secret)).status, 0);

      const source = createTokenSource(ctx, { cloud });
      const scopes = [cloud.resourceManagerScope, cloud.mlScope, cloud.storageScope];
      for (const scope of scopes) ok((await source.getToken(scope)).expiresAt > new Date());
      strictEqual(source.report().find(({ status }) => status === "used")?.name, "azure-cli");
      strictEqual(source.identity()?.applicationId, client);

      const elsewhere = createTokenSource(ctx, { cloud, tenant: "99999999-9999-4999-8999-999999999999" });
      await elsewhere.getToken(cloud.mlScope).catch(() => {});
      const { status, hint } = elsewhere.report().find(({ name }) => name === "azure-cli")!;
      assertEquals([status, hint], [
        "failed",
        "Run `az login --tenant 99999999-9999-4999-8999-999999999999`",
      ]);
    });
  },
});
