import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readSeed } from "../../../src/app/emulator/use.ts";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { makeWorld } from "../../cli/world.ts";

Deno.test("emulator has the environment defined in the project", async () => {
  const { ctx } = makeWorld();
  const definition = "name: kedro-env\nimage: img:1\nconda_file:\n  dependencies: [pip]\n";
  await ctx.fs.writeText(`${ctx.cwd}/environment/environment.yml`, definition);
  const { seed } = await readSeed(openCommandContext(ctx, {}), {});
  const [environment] = seed.environments!;
  equal(environment!.image, "img:1");
  match(environment!.condaFile!, /pip/);
});

Deno.test("emulator has the workspaces and computes of azureml.yml", async () => {
  const { ctx } = makeWorld();
  const path = `${ctx.cwd}/conf/base/azureml.yml`;
  await ctx.fs.writeText(path, (await ctx.fs.readText(path)).replace("rg-golden", "<resource group>"));
  const workspaces = [{ subscription_id: "s", resource_group: "g", name: "w" }];
  const { seed, warnings } = await readSeed(openCommandContext(ctx, {}), {
    workspaces,
    computes: ["gpu"],
  });
  deepEqual(seed.workspaces?.map(({ name }) => name), ["ws-golden", "w"]);
  deepEqual([seed.computes, seed.dataOnDemand], [["cpu-cluster", "gpu"], true]);
  deepEqual(warnings.map(({ code }) => code), []);
  await ctx.fs.writeText(path, "jobs: [");
  await rejects(readSeed(openCommandContext(ctx, {}), { workspaces }), { code: "config.yaml" });
});
