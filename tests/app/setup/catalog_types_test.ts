import { deepEqual, equal } from "node:assert/strict";
import { renameTypes } from "../../../src/app/setup/migrate.ts";

const TYPES: readonly (readonly [before: string, after: string])[] = [
  ["pandas.CSVDataSet", "pandas.CSVDataset"],
  ["kedro.extras.datasets.pandas.CSVDataSet", "pandas.CSVDataset"],
  ["extras.datasets.json.JSONDataSet", "json.JSONDataset"],
  ["PartitionedDataSet", "partitions.PartitionedDataset"],
  ["IncrementalDataSet", "partitions.IncrementalDataset"],
  ["pandas.CSVDataset", "pandas.CSVDataset"],
  ["shop.OwnDataSet", "shop.OwnDataSet"],
  // Newer versions of kedro-datasets do not have it.
  ["tracking.MetricsDataSet", "tracking.MetricsDataSet"],
  ["kedro_azureml.datasets.AzureMLAssetDataSet", "kedro_azureml_pipeline.datasets.AzureMLAssetDataset"],
  [
    "kedro_azureml.datasets.asset_dataset.AzureMLAssetDataset",
    "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
  ],
  ["kedro_azureml.datasets.AzureMLPipelineDataSet", "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset"],
];

for (const [before, after] of TYPES) {
  Deno.test(`renameTypes() ${before === after ? `leaves ${before} unchanged` : `renames ${before} to ${after}`}`, () => {
    const catalog = (type: string) => `a:\n  type: ${type}\nb: {type: "${type}", x: 1}\n`;
    deepEqual(renameTypes(catalog(before), "catalog.yml"), { text: catalog(after), notes: [] });
  });
}

Deno.test("renameTypes() leaves comments as they are", () => {
  const text = "# type: pandas.CSVDataSet\na:\n  # type: kedro_azureml.datasets.AzureMLPandasDataSet\n";
  deepEqual(renameTypes(text, "catalog.yml"), { text, notes: [] });
});

Deno.test("renameTypes() reports types without a counterpart", () => {
  const text = `a:
  type: kedro_azureml.datasets.AzureMLPandasDataSet
`;
  const found = renameTypes(text, "catalog.yml");
  equal(found.text, text);
  deepEqual(found.notes.map(({ message, place }) => [message, place]), [
    ["kedro_azureml.datasets.AzureMLPandasDataSet has no counterpart", {
      file: "catalog.yml",
      line: 2,
      column: 9,
    }],
  ]);
});
