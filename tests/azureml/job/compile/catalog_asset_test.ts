import { deepEqual, equal, throws } from "node:assert/strict";
import { dataAsset, writtenAsset } from "../../../../src/azureml/job/compile/ports.ts";
import type { UserError } from "../../../../src/core/errors.ts";
import { node } from "../../../fakes/plain_job.ts";

const TYPE = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";

Deno.test("dataAsset() defaults to the latest uri_folder", () => {
  deepEqual(dataAsset("raw", { type: TYPE, azureml_dataset: "bikes" }), {
    name: "bikes",
    type: "uri_folder",
    version: undefined,
  });
  const entry = { azureml_dataset: "bikes", azureml_type: "uri_file", azureml_version: 3 };
  for (const type of [TYPE, "AzureMLAssetDataset"]) {
    deepEqual(dataAsset("raw", { ...entry, type }), { name: "bikes", type: "uri_file", version: "3" });
  }
});

const ALLOWED: Readonly<Record<string, string>> = {
  azureml_dataset: "the name of a data asset",
  azureml_type: '"uri_file" or "uri_folder"',
  azureml_version: "a version",
};

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
      throws(() => dataAsset("raw", entry), {
        code: "catalog.data_asset",
        message: `Dataset "raw": "${key}" is ${JSON.stringify(value)}; it must be ${ALLOWED[key]}`,
        hint: `Change "${key}" of "raw" in the catalog`,
        data: { dataset: "raw", key },
      });
    });
  }
}

Deno.test("dataAsset() suggests `azureml_dataset` for a misspelled key", () => {
  const hintFor = (key: string) => {
    try {
      dataAsset("raw", { type: TYPE, azureml_type: "uri_file", [key]: "bikes" });
    } catch (thrown) {
      return (thrown as UserError).hint;
    }
  };
  equal(hintFor("azureml_datset"), 'Rename "azureml_datset" to "azureml_dataset"');
  equal(hintFor("name"), 'Change "azureml_dataset" of "raw" in the catalog');
});

Deno.test("writtenAsset() rejects an invalid output name", () => {
  const written = (entry: object) =>
    writtenAsset("raw", { type: TYPE, ...entry }, node({ name: "n", inputs: [], outputs: ["raw"] }));
  equal(written({ azureml_dataset: "x".repeat(255) })?.type, "uri_folder");
  for (const name of ["a.b", "x".repeat(256)]) {
    throws(() => written({ azureml_dataset: name }), {
      code: "compile.asset_name",
      message:
        `Node "n" writes "raw" to data asset "${name}", which is not a valid output name: Azure ML allows at most 255 letters, digits, "-" and "_"`,
      hint: 'Change `azureml_dataset` of "raw" in the catalog',
      data: { dataset: "raw", key: "azureml_dataset" },
    });
  }
  throws(() => written({ azureml_dataset: "bikes", azureml_type: "uri_file" }), {
    code: "compile.uri_file",
    message: 'Node "n": "raw" is an output, so its azureml_type cannot be "uri_file"',
    hint: 'Set `azureml_type: uri_folder` for "raw" in the catalog',
    data: { dataset: "raw", key: "azureml_type" },
  });
});
