import { doesNotMatch, equal, match } from "node:assert/strict";
import { makeWorld } from "./world.ts";

Deno.test("--json after -- is an argument", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit -- --json"), 3);
  match(ctx.stderr(), /"--json"/);
  doesNotMatch(ctx.stderr(), /^\{/m);
});

Deno.test("emulator --run-steps fails on Windows", async () => {
  const { ctx, kedroAzureml } = makeWorld({ platform: "windows" });
  equal(await kedroAzureml("emulator --run-steps"), 2);
  match(ctx.stderr(), /Cannot run steps on Windows/);
});
