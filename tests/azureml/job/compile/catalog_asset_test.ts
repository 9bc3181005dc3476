import { deepEqual, equal, throws } from "node:assert/strict";
import { dataAsset } from "../../../../src/azureml/job/compile/catalog_asset.ts";

const TYPE = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";

Deno.test("dataAsset() reads an entry's type, by default uri_folder, and its version, if it has one", () => {
  deepEqual(dataAsset("raw", { type: TYPE, azureml_dataset: "bikes" }), {
    name: "bikes",
    type: "uri_folder",
    version: undefined,
  });
  const entry = { type: TYPE, azureml_dataset: "bikes", azureml_type: "uri_file", azureml_version: 3 };
  deepEqual(dataAsset("raw", entry), { name: "bikes", type: "uri_file", version: "3" });
});

Deno.test("dataAsset() returns undefined for a dataset of another type, or without a catalog entry", () => {
  equal(dataAsset("raw", { type: "pandas.CSVDataset", azureml_dataset: "bikes" }), undefined);
  equal(dataAsset("raw", undefined), undefined);
});

for (
  const [key, values] of Object.entries({
    azureml_dataset: ["", 5, null],
    azureml_type: ["mltable", null],
    azureml_version: [true, ["1"]],
  })
) {
  for (const value of values) {
    Deno.test(`dataAsset() rejects an entry with ${key}: ${JSON.stringify(value)}`, () => {
      const entry = { type: TYPE, azureml_dataset: "bikes", [key]: value };
      throws(() => dataAsset("raw", entry), { code: "catalog.data_asset", message: new RegExp(`"${key}"`) });
    });
  }
}
