import { deepEqual, equal, match } from "node:assert/strict";
import { resolve } from "node:path";
import { makeWorld } from "../world.ts";

Deno.test("files fails for code outside the project without --allow-outside", async () => {
  const world = makeWorld();
  const { ctx, kedroAzureml, printed } = world;
  const path = `${ctx.cwd}/conf/base/azureml.yml`;
  const config = new TextDecoder().decode(ctx.files.get(path));
  const outside = config.replace('code_directory: "."', 'code_directory: "../shared"');
  ctx.files.set(path, new TextEncoder().encode(outside));
  ctx.files.set("/home/user/shared/a.py", new TextEncoder().encode("print(1)\n"));

  equal(await kedroAzureml("files --json"), 3);
  match(ctx.stderr(), /outside the project/);

  match(await printed("files --json --allow-outside ../shared"), /"a\.py"/);
});

Deno.test("files --allow code.secret makes a secret a warning", async () => {
  const { ctx, kedroAzureml, edit } = makeWorld({ cwd: "/home/user" });
  const project = `${ctx.cwd}/tiny`;
  await edit("tiny/conf/base/azureml.yml", ['code_directory: "."', "code_directory: src"]);
  await ctx.fs.writeText(`${project}/src/.env`, "TOKEN=x\n");
  const found = async (options: string, exit: number) => {
    const before = ctx.stdout().length;
    equal(await kedroAzureml(`files -C tiny --json${options}`), exit, ctx.stderr());
    const { folder, findings } = JSON.parse(ctx.stdout().slice(before));
    return [folder, findings.map(({ severity }: { severity: string }) => severity)];
  };
  const folder = resolve(project, "src");
  deepEqual(await found("", 3), [folder, ["error"]]);
  deepEqual(await found(" --allow code.secret", 0), [folder, ["warning"]]);
});
