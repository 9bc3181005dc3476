import assert from "node:assert/strict";
import { makeWorld } from "../../cli/world.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";

Deno.test("validate --online suggests setup for missing resources", async () => {
  const { ctx, kedroAzureml } = makeWorld({ emulator: { seed: { computes: [], environments: [] } } });
  assert.equal(await kedroAzureml("validate -j main --online"), 5);
  assert.equal(ctx.stdout().match(/create it with `kedro-azureml setup`/g)?.length, 2, ctx.stdout());
});

Deno.test("submit prints the az command that creates a workspace", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { seed: { workspaces: [{ ...GOLDEN_WORKSPACE, name: "another" }] } },
  });
  assert.notEqual(await kedroAzureml("submit -j main"), 0);
  const line = "az ml workspace create --name ws-golden --resource-group rg-golden";
  assert.ok(ctx.stderr().includes(line), ctx.stderr());
});
