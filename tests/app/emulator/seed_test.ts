import { deepEqual, rejects } from "node:assert/strict";
import { readSeed } from "../../../src/app/emulator/seed.ts";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { makeWorld } from "../../cli/world.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("readSeed() with `empty` creates only the project's workspaces", async () => {
  const ctx = openCommandContext(makeWorld().ctx, {});
  const { seed } = await readSeed(ctx, {}, { empty: true, computes: ["gpu"] });
  deepEqual(seed.workspaces?.map(({ name }) => name), ["ws-golden"]);
  deepEqual(seed, { workspaces: seed.workspaces, computes: ["gpu"] });
});

Deno.test("readSeed() without a project creates only the given workspace", async () => {
  const ctx = openCommandContext(fakeContext(), {});
  const workspaces = [{ subscription_id: "s", resource_group: "g", name: "w" }];
  deepEqual((await readSeed(ctx, {}, { workspaces })).seed, {
    dataOnDemand: false,
    workspaces,
    computes: [],
  });
  await rejects(readSeed(ctx, {}), { code: "project.not_found" });
});
