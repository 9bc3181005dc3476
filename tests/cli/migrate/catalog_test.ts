import { deepEqual, equal, match } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { makeWorld } from "../world.ts";

Deno.test("migrate converts the catalog of a project with a new azureml.yml", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  const text = "raw:\n  type: kedro_azureml.datasets.AzureMLAssetDataSet\n  azureml_dataset: raw\n";
  await ctx.fs.writeText(catalog, text);
  equal(await kedroAzureml("migrate --write"), 0, ctx.stderr());
  equal(
    await ctx.fs.readText(catalog),
    text.replace(
      "kedro_azureml.datasets.AzureMLAssetDataSet",
      "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
    ),
  );
  equal(await kedroAzureml("migrate"), 3);
  match(ctx.stderr(), /has no key "azure"/);
});

Deno.test("migrate converts azureml.yaml", async () => {
  const { ctx } = makeWorld();
  await ctx.fs.remove(`${ctx.cwd}/conf/base/azureml.yml`);
  const old = "azure: {subscription_id: s, resource_group: rg, workspace_name: ws, environment_name: e}\n";
  for (const env of ["base", "prod"]) await ctx.fs.writeText(`${ctx.cwd}/conf/${env}/azureml.yaml`, old);
  const walk: typeof ctx.fs.walk = async function* (...args) {
    yield* (await Array.fromAsync(ctx.fs.walk(...args))).reverse();
  };
  equal(await run(["migrate", "--json"], { ...ctx, fs: { ...ctx.fs, walk } }), 0, ctx.stderr());
  const paths = JSON.parse(ctx.stdout()).files.map(({ path }: { path: string }) => path);
  deepEqual(paths.filter((path: string) => /azureml/.test(path)), [
    ...["base", "prod"].flatMap((env) =>
      ["azureml.yaml.kedro-azureml", "azureml.yaml"].map((name) => `conf/${env}/${name}`)
    ),
  ]);
});

Deno.test("migrate leaves files outside Kedro's catalog unchanged", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const text = "raw:\n  type: kedro_azureml.datasets.AzureMLAssetDataSet\n  azureml_dataset: raw\n";
  const read = [
    "base/catalog.yaml",
    "base/catalog/raw.yml",
    "base/catalog_raw/deep/a.yml",
    "prod/shop/catalog_a.yml",
  ];
  const others = ["base/my_catalog.yml", "base/catalog/raw.yml.bak", "base/parameters/catalogs.txt"];
  for (const name of [...read, ...others]) await ctx.fs.writeText(`${ctx.cwd}/conf/${name}`, text);
  equal(await kedroAzureml("migrate --json"), 0, ctx.stderr());
  const paths = JSON.parse(ctx.stdout()).files.map(({ path }: { path: string }) => path);
  deepEqual(paths, read.map((name) => `conf/${name}`));
});
