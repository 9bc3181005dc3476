import { deepEqual, equal } from "node:assert/strict";
import { resolve } from "node:path";
import { makeWorld } from "../world.ts";

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
