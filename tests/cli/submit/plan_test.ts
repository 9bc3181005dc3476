import { equal } from "node:assert/strict";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

Deno.test("submit --dry-run prints parameters and variables without secrets, what is excluded, and the commit", async () => {
  const exec = async (_: string, args: readonly string[]) => ({
    ...{
      status: 0,
      stdout: args.includes("status") ? " M conf\0" : "",
      stderr: "",
      found: true,
      timedOut: false,
    },
  });
  const { ctx, kedroAzureml } = makeWorld({ exec, env: { ...SIGNED_IN, PATH: "/usr/bin" } });
  await ctx.fs.writeText("/usr/bin/git", "");
  await ctx.fs.writeText(`${ctx.cwd}/.git/HEAD`, `${"a".repeat(40)}\n`);
  const line =
    "submit main --dry-run --params rate=0.5,api_key=hush --env-var MODE=fast --env-var API_TOKEN=hush";
  equal(await kedroAzureml(line), 0, ctx.stderr());
  equal(
    ctx.stdout(),
    `Job main would run pipeline __default__:
  workspace     ws-golden (resource group rg-golden, subscription 11111111-2222-3333-4444-555555555555)
  display name  Tiny run
  experiment    tiny-exp
  environment   kedro-env@latest
  compute       cpu-cluster
  parameters    rate=0.5, api_key=***
  variables     MODE=fast, API_TOKEN=***
  code          10 files, 1.9 KiB, hash d948595488bd
  excluded      .git/ (version control), data/ (.amlignore:1)
  commit        aaaaaaaaaaaa and uncommitted changes
  clean
  count after clean
Nothing was sent
`,
  );
});
