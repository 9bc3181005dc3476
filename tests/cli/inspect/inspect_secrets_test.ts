import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeWorld } from "../world.ts";

const PARAMETERS = `api:
  token: ghp_hunter2
db_password: hunter2hunter2
passwords:
  prod: hunter2
api_keys:
  - hunter2
  - id: 1234567
  - 714642336027545834
max_tokens: [1, 2]
rate: 3
`;

async function worldWithSecrets() {
  const world = makeWorld();
  const { ctx } = world;
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  const entry =
    "orders:\n  type: pandas.SQLTableDataset\n  credentials: dev_db\n  load_args:\n    password: hunter2\n";
  await ctx.fs.writeText(catalog, `${await ctx.fs.readText(catalog)}\n${entry}`);
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/parameters_secrets.yml`, PARAMETERS);
  return world;
}

Deno.test("inspect masks secret-like parameters", async () => {
  const { ctx, kedroAzureml } = await worldWithSecrets();
  equal(await kedroAzureml("inspect"), 0, ctx.stderr());
  ok(!ctx.stdout().includes("hunter2"), ctx.stdout());
  match(ctx.stdout(), / {2}api +\{"token":"\*\*\*"\}\n/);
  match(ctx.stdout(), / {2}db_password +"\*\*\*"\n/);
});

Deno.test("inspect --json masks secrets in runtime parameters", async () => {
  const { ctx, kedroAzureml } = await worldWithSecrets();
  const params = "--params api.token=hunter2";
  equal(await kedroAzureml(`inspect --json ${params}`), 0, ctx.stderr());
  const text = ctx.stdout();
  ok(!text.includes("hunter2"), text);
  const { parameters, catalog } = JSON.parse(text);
  deepEqual([parameters.api, parameters.rate], [{ token: "***" }, 3]);
  deepEqual(catalog.orders, {
    type: "pandas.SQLTableDataset",
    credentials: "dev_db",
    load_args: { password: "***" },
  });
  deepEqual([parameters.passwords, parameters.api_keys, parameters.max_tokens], [
    { prod: "***" },
    ["***", { id: "***" }, "***"],
    [1, 2],
  ]);
  await ctx.fs.writeText(`${ctx.cwd}/snapshot.json`, text);
  equal(await kedroAzureml(`compile main --snapshot snapshot.json ${params}`), 0, ctx.stderr());
});
