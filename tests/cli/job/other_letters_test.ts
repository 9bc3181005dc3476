import { deepEqual, equal, match } from "node:assert/strict";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

Deno.test("job show lists the steps of a job in a resource group with umlauts", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { seed: { workspaces: [{ ...GOLDEN_WORKSPACE, resource_group: "rg-größen" }] } },
  });
  const path = `${ctx.cwd}/conf/base/azureml.yml`;
  await ctx.fs.writeText(path, (await ctx.fs.readText(path)).replaceAll("rg-golden", "rg-größen"));
  equal(await kedroAzureml("submit main --name fox --wait"), 0, ctx.stderr());
  match(ctx.stdout(), /resourcegroups\/rg-gr%C3%B6%C3%9Fen\//);
  const before = ctx.stdout().length;
  equal(await kedroAzureml("job show fox --json"), 0, ctx.stderr());
  const { steps } = JSON.parse(ctx.stdout().slice(before));
  deepEqual(steps.map(({ node }: { node: string }) => node), ["clean", "count"]);
});
