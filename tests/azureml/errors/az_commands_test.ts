import assert from "node:assert/strict";
import { USUAL_CLUSTER } from "../../../src/core/azure_limits.ts";
import { computeLine } from "../../../src/azureml/resources/create.ts";
import { dataLine, environmentLine } from "../../../src/azureml/errors/roles.ts";
import { makeWorld } from "../../cli/world.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";

Deno.test("validate --online names the command that creates missing resources", async () => {
  const { ctx, kedroAzureml } = makeWorld({ emulator: { seed: { computes: [], environments: [] } } });
  assert.equal(await kedroAzureml("validate -j main --online"), 5);
  assert.equal(ctx.stdout().match(/create it with `kedro-azureml setup`/g)?.length, 2, ctx.stdout());
});

Deno.test("submit prints the command that creates a missing workspace", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { seed: { workspaces: [{ ...GOLDEN_WORKSPACE, name: "another" }] } },
  });
  assert.notEqual(await kedroAzureml("submit -j main"), 0);
  const line = "az ml workspace create --name ws-golden --resource-group rg-golden";
  assert.ok(ctx.stderr().includes(line), ctx.stderr());
});

Deno.test("computeLine(), environmentLine() and dataLine() write only the options that are given", () => {
  const where = "--workspace-name ws --resource-group rg --subscription s";
  const workspace = { name: "ws", resource_group: "rg", subscription_id: "s" };
  assert.deepEqual(
    [
      computeLine(workspace, "cpu", USUAL_CLUSTER),
      computeLine(workspace, "gpu", {
        vmSize: "V",
        minNodes: 1,
        maxNodes: 2,
        idleSeconds: 600,
        hasIdentity: true,
      }),
      environmentLine(workspace, { file: "e.yml" }),
      environmentLine(workspace, { name: "e", version: "3", file: "e.yml" }),
      dataLine(workspace, { name: "d", type: "uri_file", path: "a b.csv" }),
      dataLine(workspace, { name: "d", version: "2", type: "uri_file", path: "a" }),
    ],
    [
      `az ml compute create --name cpu --type AmlCompute --size Standard_DS3_v2 --min-instances 0 --max-instances 4 ${where}`,
      `az ml compute create --name gpu --type AmlCompute --size V --min-instances 1 --max-instances 2 --idle-time-before-scale-down 600 --identity-type SystemAssigned ${where}`,
      `az ml environment create --file e.yml ${where}`,
      `az ml environment create --file e.yml --name e --version 3 ${where}`,
      `az ml data create --name d --type uri_file --path 'a b.csv' ${where}`,
      `az ml data create --name d --version 2 --type uri_file --path a ${where}`,
    ],
  );
});
