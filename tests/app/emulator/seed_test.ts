import { deepEqual, rejects } from "node:assert/strict";
import { openSeed } from "../../../src/app/emulator/seed.ts";
import { openApp } from "../../../src/cli/terminal/open_app.ts";
import { makeWorld } from "../../cli/world.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("an empty emulator has the workspaces of the project, and nothing in them", async () => {
  const ctx = openApp(makeWorld().ctx, {});
  const { seed } = await openSeed(ctx, { empty: true, compute: ["gpu"] });
  deepEqual(seed.workspaces?.map(({ name }) => name), ["ws-golden"]);
  deepEqual(seed, { workspaces: seed.workspaces, computes: ["gpu"] });
});

Deno.test("without a project an emulator has the workspace that is named, and no data", async () => {
  const ctx = openApp(fakeContext(), {});
  const workspace = [{ subscription_id: "s", resource_group: "g", name: "w" }];
  deepEqual((await openSeed(ctx, { workspace })).seed, {
    dataOnDemand: false,
    workspaces: workspace,
    computes: [],
  });
  await rejects(openSeed(ctx, {}), { code: "project.not_found" });
});
