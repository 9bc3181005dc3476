import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("emulator --port fails for a number above 65535", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("emulator --port 99999999"), 2, ctx.stderr());
  match(ctx.stderr(), /port/i);
});
