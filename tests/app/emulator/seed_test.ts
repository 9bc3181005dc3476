import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readSeed, seedFor } from "../../../src/app/emulator/use.ts";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { makeWorld } from "../../cli/world.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("readSeed() has the environment of the project as it defines it", async () => {
  const { ctx } = makeWorld();
  const definition = "name: kedro-env\nimage: img:1\nconda_file:\n  dependencies: [pip]\n";
  await ctx.fs.writeText(`${ctx.cwd}/environment/environment.yml`, definition);
  const { seed } = await readSeed(openCommandContext(ctx, {}), {});
  const [environment] = seed.environments!;
  equal(environment!.image, "img:1");
  match(environment!.condaFile!, /pip/);
});

Deno.test("readSeed() without a project creates only the given workspace", async () => {
  const ctx = openCommandContext(fakeContext(), {});
  const workspaces = [{ subscription_id: "s", resource_group: "g", name: "w" }];
  deepEqual((await readSeed(ctx, { workspaces })).seed, {
    dataOnDemand: false,
    workspaces,
    computes: [],
  });
  await rejects(readSeed(ctx, {}), { code: "project.not_found" });
  deepEqual((await readSeed(ctx, { acceptAny: true, computes: ["gpu"] })).seed, {
    dataOnDemand: true,
    workspaces: [],
    computes: ["gpu"],
  });
});

Deno.test("readSeed() adds workspaces and computes to those of azureml.yml, whose placeholders do not matter", async () => {
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

Deno.test("seedFor() has each workspace, compute and environment of azureml.yml once", () => {
  const place = { subscription_id: "s", resource_group: "Group", name: "ws" };
  const config = (environment: string | null) =>
    ({
      workspace: {
        __default__: { ...place, resource_group: "group" },
        same: place,
        other: { ...place, name: "b" },
      },
      compute: {
        __default__: { cluster_name: "cpu" },
        gpu: { cluster_name: "gpu-1" },
        empty: { cluster_name: "" },
      },
      jobs: { a: { compute: "gpu" }, b: { compute: "fast" }, c: {}, d: { compute: "cpu" } },
      execution: { environment },
    }) as unknown as Parameters<typeof seedFor>[0];
  deepEqual(seedFor(config("env:7")), {
    workspaces: [place, { ...place, name: "b" }],
    computes: ["cpu", "gpu-1", "fast"],
    dataOnDemand: true,
    environments: [{ name: "env", versions: ["7"] }],
  });
  for (
    const [environment, expected] of [
      ["azureml:env@latest", [{ name: "env", versions: ["1"] }]],
      ["registry.example.com/image:1", []],
      [null, []],
    ] as const
  ) {
    deepEqual(seedFor(config(environment)).environments, expected);
  }
});
