import assert from "node:assert/strict";
import { makeWorld } from "../../../cli/world.ts";
import { GOLDEN_WORKSPACE } from "../../../fakes/seed.ts";

const WHERE =
  "--workspace-name ws-golden --resource-group rg-golden --subscription 11111111-2222-3333-4444-555555555555";

Deno.test("validate --online prints commands that create missing resources", async () => {
  const { ctx, kedroAzureml } = makeWorld({ emulator: { seed: { computes: [], environments: [] } } });
  assert.equal(await kedroAzureml("validate -j main --online"), 5);
  const text = ctx.stdout() + ctx.stderr();
  for (
    const line of [
      `az ml compute create --name cpu-cluster --type AmlCompute --size Standard_DS3_v2 --min-instances 0 --max-instances 4 ${WHERE}`,
      `az ml environment create --file environment/environment.yml --name kedro-env ${WHERE}`,
    ]
  ) assert.ok(text.includes(line), text);
});

Deno.test("submit prints the command that creates a missing workspace", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { seed: { workspaces: [{ ...GOLDEN_WORKSPACE, name: "another" }] } },
  });
  assert.notEqual(await kedroAzureml("submit -j main"), 0);
  const line = "az ml workspace create --name ws-golden --resource-group rg-golden";
  assert.ok(ctx.stderr().includes(line), ctx.stderr());
});
