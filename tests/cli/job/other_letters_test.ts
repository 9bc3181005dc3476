import { deepEqual, equal, match } from "node:assert/strict";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

Deno.test("job show lists the steps of a job in a resource group with umlauts", async () => {
  const { ctx, kedroAzureml, printed, edit } = makeWorld({
    emulator: { seed: { workspaces: [{ ...GOLDEN_WORKSPACE, resource_group: "rg-größen" }] } },
  });
  await edit("conf/base/azureml.yml", [/rg-golden/g, "rg-größen"]);
  equal(await kedroAzureml("submit main --name fox --wait"), 0, ctx.stderr());
  match(ctx.stdout(), /resourcegroups\/rg-gr%C3%B6%C3%9Fen\//);
  const { steps } = JSON.parse(await printed("job show fox --json"));
  deepEqual(steps.map(({ node }: { node: string }) => node), ["clean", "count"]);
});
