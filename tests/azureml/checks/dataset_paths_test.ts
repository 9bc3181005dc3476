import { deepEqual } from "node:assert/strict";

import { storageOf } from "../../../src/azureml/checks/dataset_paths.ts";
import type { CatalogEntry } from "../../../src/kedro/snapshot.ts";

const PIPELINE = "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset";
const CSV = { type: "pandas.CSVDataset", filepath: "x.csv" };
const elsewhere = { kind: "elsewhere" };
const mounted = { kind: "mounted" };
const local = (path: string) => ({ kind: "local", path });

const CASES: readonly (readonly [what: string, entry: CatalogEntry | undefined, storage: object])[] = [
  ["a dataset without an entry", undefined, mounted],
  ["an Azure ML dataset", { type: PIPELINE, dataset: CSV }, mounted],
  ["an Azure ML dataset by its bare name", { type: "AzureMLAssetDataset", filepath: "x" }, mounted],
  ["a memory dataset", { type: "kedro.io.MemoryDataset" }, { kind: "memory" }],
  ["a file", CSV, local("x.csv")],
  ["a file URL", { ...CSV, filepath: "file:///data/x.csv" }, local("/data/x.csv")],
  ["a folder", { type: "partitions.PartitionedDataset", path: "data/parts" }, local("data/parts")],
  ["a cloud path", { ...CSV, filepath: "abfss://c@a.dfs.core.windows.net/x" }, elsewhere],
  ["a dataset without a path", { type: "pandas.SQLTableDataset", table_name: "x" }, elsewhere],
  ["a cached file", { type: "CachedDataset", dataset: CSV }, local("x.csv")],
  [
    "a cached Azure ML dataset",
    { type: "kedro.io.CachedDataset", dataset: { type: PIPELINE, dataset: CSV } },
    local("data/x.csv"),
  ],
  [
    "a cached Azure ML dataset with a folder of its own",
    { type: "CachedDataset", dataset: { type: PIPELINE, root_dir: "out", dataset: CSV } },
    local("out/x.csv"),
  ],
  ["a cached Azure ML dataset with another name in its path", {
    type: "CachedDataset",
    dataset: { type: PIPELINE, filepath_arg: "folder", dataset: { ...CSV, folder: "parts" } },
  }, local("data/parts")],
];

for (const [what, entry, storage] of CASES) {
  const { kind, path } = storage as { readonly kind: string; readonly path?: string };
  Deno.test(`storageOf() returns ${path === undefined ? kind : `${kind} path "${path}"`} for ${what}`, () =>
    deepEqual(storageOf(entry), storage));
}
