import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("files lists code outside the project only with --allow-outside", async () => {
  const world = makeWorld();
  const { ctx, kedroAzureml } = world;
  const path = `${ctx.cwd}/conf/base/azureml.yml`;
  const config = new TextDecoder().decode(ctx.files.get(path));
  const outside = config.replace('code_directory: "."', 'code_directory: "../shared"');
  ctx.files.set(path, new TextEncoder().encode(outside));
  ctx.files.set("/home/user/shared/a.py", new TextEncoder().encode("print(1)\n"));

  equal(await kedroAzureml("files --json"), 3);
  match(ctx.stderr(), /outside the project/);

  const before = ctx.stdout().length;
  equal(await kedroAzureml("files --json --allow-outside ../shared"), 0, ctx.stderr());
  match(ctx.stdout().slice(before), /"a\.py"/);
});
