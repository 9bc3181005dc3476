import { ok } from "node:assert/strict";
import { makeWorld } from "../world.ts";

const ASSET = "raw:\n  type: kedro_azureml_pipeline.datasets.AzureMLAssetDataset\n  azureml_dataset: raw\n";

/** An entry of the catalog that each finding is about. */
const CATALOGS: Readonly<Record<string, string>> = {
  "dataset.absolute_path": "raw:\n  type: pandas.CSVDataset\n  filepath: /mnt/data/raw.csv\n",
  "dataset.localhost": "raw:\n  type: pandas.CSVDataset\n  filepath: http://localhost:8000/raw.csv\n",
  "dataset.unknown_class": "raw:\n  type: pandas.CVSDataset\n  filepath: s3://bucket/raw.csv\n",
  "dataset.unknown_argument":
    "raw:\n  type: pandas.CSVDataset\n  filepath: s3://bucket/raw.csv\n  lod_args: {}\n",
  "dataset.missing_argument": "raw:\n  type: pandas.CSVDataset\n",
  "dataset.other_plugin":
    "raw:\n  type: kedro_azureml.datasets.AzureMLAssetDataset\n  azureml_dataset: raw\n  dataset: {type: pandas.CSVDataset, filepath: raw.csv}\n",
  "catalog.data_asset":
    `${ASSET}  azureml_type: mltable\n  dataset: {type: pandas.CSVDataset, filepath: raw.csv}\n`,
  "dataset.asset_type":
    `raw:\n  type: CachedDataset\n  dataset:\n    type: kedro_azureml_pipeline.datasets.AzureMLAssetDataset\n` +
    "    azureml_dataset: raw\n    azureml_type: uri_fil\n",
  "dataset.no_filepath": `${ASSET}  dataset: {type: pandas.CSVDataset}\n`,
  "dataset.versioned": `${ASSET}  dataset: {type: pandas.CSVDataset, filepath: raw.csv, versioned: true}\n`,
  "dataset.uri_file_name":
    `${ASSET}  azureml_type: uri_file\n  dataset: {type: pandas.CSVDataset, filepath: data/my raw.csv}\n`,
  "dataset.given_filepath":
    "raw:\n  type: partitions.PartitionedDataset\n  path: s3://bucket/raw\n  dataset: {type: pandas.CSVDataset, filepath: raw.csv}\n",
};

for (const [code, catalog] of Object.entries(CATALOGS)) {
  Deno.test(`validate finds ${code}`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    const text = `${catalog}\nsummary:\n  type: json.JSONDataset\n  filepath: s3://bucket/summary.json\n`;
    ctx.files.set(`${ctx.cwd}/conf/base/catalog.yml`, new TextEncoder().encode(text));

    await kedroAzureml("validate main --json");

    const found = `${ctx.stdout()}${ctx.stderr()}`;
    ok(found.includes(`"code":"${code}"`), found);
  });
}
