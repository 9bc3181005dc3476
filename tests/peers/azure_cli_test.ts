import { deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import { loadCloud } from "../../src/core/net/clouds.ts";
import { createTokenSource } from "../../src/credentials/token_source.ts";
import { REAL_CLOCK } from "../system/served.ts";
import { GOLDEN_WORKSPACE, TINY_SEED, WORKSPACE } from "../fakes/seed.ts";
import { signIn, withAzureCli, withoutAzureCli as skipped } from "./azure_cli.ts";
import { peerTest } from "./peer.ts";

const CLOCK = { now: () => new Date(), sleep: () => Promise.resolve() };

peerTest(
  "credential azure-cli gets tokens from Azure CLI",
  skipped,
  async () => {
    const seed = { workspaces: [WORKSPACE], secret: "s3cr3t of az" };
    await withAzureCli({ seed, clock: CLOCK }, async ({ ctx, az, tenant, client, secret }) => {
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
);

peerTest("az rest reads and changes the emulator's workspace", skipped, async () => {
  await withAzureCli({ seed: TINY_SEED, clock: REAL_CLOCK }, async (world) => {
    await signIn(world);
    const { subscription_id, resource_group, name } = GOLDEN_WORKSPACE;
    const group = `/subscriptions/${subscription_id}/resourceGroups/${resource_group}`;
    const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
    const rest = (method: string, path: string, ...more: readonly string[]) =>
      world.az("rest", "--method", method, "--url", `${id}${path}?api-version=2023-04-01`, ...more);

    const accounts = JSON.parse((await world.az("account", "list")).stdout);
    assertEquals(accounts.map((account: { id: string }) => account.id), [subscription_id]);
    const workspaces = await world.az("resource", "show", "--ids", id, "--api-version", "2023-04-01");
    strictEqual(JSON.parse(workspaces.stdout).name, name);
    const computes = JSON.parse((await rest("get", "/computes")).stdout);
    assertEquals(computes.value.map((compute: { name: string }) => compute.name), ["cpu-cluster"]);
    const body = JSON.stringify({
      properties: { dataType: "uri_file", dataUri: "azureml://datastores/workspaceblobstore/paths/x.csv" },
    });
    strictEqual((await rest("put", "/data/rides/versions/7", "--body", body)).status, 0);
    const asset = JSON.parse((await rest("get", "/data/rides")).stdout);
    strictEqual(asset.properties.latestVersion, "7");
    const gone = await rest("post", "/jobs/gone/cancel");
    match(gone.stderr, /Not Found.*Job gone not found/);
    ok(gone.status !== 0);
  });
});
