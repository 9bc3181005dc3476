import { deepEqual, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("job open without a display says that no browser opens", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  await kedroAzureml("submit main --name fox");
  const before = [ctx.stdout().length, ctx.stderr().length] as const;
  await kedroAzureml("job open fox");
  match(ctx.stdout().slice(before[0]), /^https:\/\/ml\.azure\.com\/runs\/fox\?wsid=\S+\n$/);
  match(
    ctx.stderr().slice(before[1]),
    /No browser was opened: this machine has no display/,
  );
});

Deno.test("job open only prints the link without a terminal", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit main --name fox");
  const before = [ctx.stdout().length, ctx.stderr().length] as const;
  await kedroAzureml("job open fox");
  match(ctx.stdout().slice(before[0]), /^https:\/\/ml\.azure\.com\/runs\/fox\?wsid=\S+\n$/);
  deepEqual(ctx.stderr().slice(before[1]), "");
});
