import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

Deno.test("migrate converts a catalog that was left behind when azureml.yml was converted", async () => {
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
