import assert from "node:assert/strict";
import { rewriteCatalog } from "../../../src/config/layers/rewrite_catalog.ts";

const CATALOG = `# Raw data
companies:
  # from the bank
  type: pandas.CSVDataset
  filepath: data/01_raw/companies.csv  # nightly
  load_args:
    sep: ";"

images:
  type: pillow.ImageDataset
  path: ./data/01_raw/images/
flow: {type: pandas.CSVDataset, filepath: data/x.csv}
interpolated:
  type: pandas.CSVDataset
  filepath: \${_root}/x.csv
versioned:
  type: pandas.CSVDataset
  filepath: data/y.csv
  versioned: true
unfiled:
  type: pandas.SQLTableDataset
  table_name: y


`;

const rewrite = (...rewrites: Parameters<typeof rewriteCatalog>[2]) =>
  rewriteCatalog("conf/base/catalog.yml", CATALOG, rewrites);

Deno.test("rewriteCatalog() wraps an entry and keeps all other text, including comments", () => {
  const { text } = rewrite({ dataset: "companies", asset: { name: "companies", type: "uri_file" } });
  assert.equal(
    text,
    CATALOG.replace(
      / {2}type: pandas\.CSVDataset\n {2}filepath: data\/01_raw\/companies.*?";"\n/s,
      `  type: kedro_azureml_pipeline.datasets.AzureMLAssetDataset
  azureml_dataset: companies
  azureml_type: uri_file
  root_dir: data/01_raw
  dataset:
    type: pandas.CSVDataset
    filepath: companies.csv # nightly
    load_args:
      sep: ";"
`,
    ),
  );
});

Deno.test("rewriteCatalog() returns a diff with one line of context around each change", () => {
  const { diff } = rewrite({ dataset: "images", asset: { name: "images", type: "uri_folder" } });
  const lines = diff.split("\n").slice(4).filter((line) => line.startsWith(" "));
  assert.deepEqual(lines, [" images:", " flow: {type: pandas.CSVDataset, filepath: data/x.csv}"]);
});

Deno.test("rewriteCatalog() makes a folder the root of its data asset", () => {
  const { text } = rewrite({ dataset: "images", asset: { name: "images", type: "uri_folder" } });
  assert.match(
    text,
    /root_dir: \.?\/?data\/01_raw\/images\n {2}filepath_arg: path\n {2}dataset:\n {4}type: pillow\.ImageDataset\n {4}path: "\."\n/,
  );
});

Deno.test("rewriteCatalog() wraps a dataset without a data asset in AzureMLPipelineDataset", () => {
  const { text } = rewrite({ dataset: "companies" });
  assert.match(
    text,
    / {2}type: kedro_azureml_pipeline\.datasets\.AzureMLPipelineDataset\n {2}root_dir: data\/01_raw\n {2}dataset:\n/,
  );
});

Deno.test("rewriteCatalog() keeps entries that it cannot rewrite and gives reasons", () => {
  const all = ["flow", "interpolated", "versioned", "unfiled", "missing"].map((dataset) => ({
    dataset,
    asset: { name: dataset, type: "uri_file" as const },
  }));
  const { text, skipped } = rewrite(...all);
  assert.equal(text, CATALOG);
  assert.deepEqual(Object.fromEntries(skipped), {
    flow: "it is written in one line, in braces",
    interpolated: "its filepath is interpolated",
    versioned: "it is versioned",
    unfiled: "it has no filepath",
    missing: "it is not a mapping of its own in this file",
  });
});

Deno.test("rewriteCatalog() keeps an entry that others refer to", () => {
  const asset = { name: "a", type: "uri_file" as const };
  const shared = "a: &csv\n  type: pandas.CSVDataset\n  filepath: x.csv\nb: *csv\n";
  const { text, skipped } = rewriteCatalog("catalog.yml", shared, [{ dataset: "a", asset }]);
  assert.deepEqual([text, ...skipped], [shared, ["a", "other entries refer to it as &csv"]]);
});

Deno.test("rewriteCatalog() keeps a comment at the start of an entry", () => {
  const asset = { name: "a", type: "uri_file" as const };
  const first = "a:\n  # first\n  type: x.Y\n  filepath: x.csv\n";
  assert.equal(
    rewriteCatalog("catalog.yml", first, [{ dataset: "a", asset }]).text.split("# first").length,
    2,
  );
});

Deno.test("rewriteCatalog() keeps the whole name of a file in the project's folder, or with a file: address", () => {
  const partsOf = (filepath: string) => {
    const catalog = `a:\n  type: pandas.CSVDataset\n  filepath: ${filepath}\n`;
    const asset = { name: "a", type: "uri_file" as const };
    const { text } = rewriteCatalog("catalog.yml", catalog, [{ dataset: "a", asset }]);
    return [...text.matchAll(/(?:root_dir|filepath): "?([^"\n]*)/g)].map(([, value]) => value);
  };
  assert.deepEqual(partsOf("sales.csv"), [".", "sales.csv"]);
  assert.deepEqual(partsOf("./sales.csv"), [".", "sales.csv"]);
  assert.deepEqual(partsOf("../in/sales.csv"), ["../in", "sales.csv"]);
  assert.deepEqual(partsOf("/sales.csv"), ["/", "sales.csv"]);
  assert.deepEqual(partsOf("file:///data/x.csv"), ["/data", "x.csv"]);
  assert.deepEqual(partsOf("file://data/01/x.csv"), ["data/01", "x.csv"]);
});

const FACTORY =
  '"{site}.features": {type: pandas.CSVDataset, filepath: "data/${globals:tag}_{site}.csv"}\n# end\n';
const ofFactory = (entry: Record<string, unknown>, text = FACTORY) =>
  rewriteCatalog("catalog.yml", text, [{ dataset: "north.features", fromFactory: entry }]);

Deno.test("rewriteCatalog() adds an entry for a dataset of a factory at the end of the file", () => {
  const { text, skipped } = ofFactory({ type: "pandas.CSVDataset", filepath: "data/03/v1_north.csv" });
  assert.equal(
    text,
    `${FACTORY}
north.features:
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  root_dir: data/03
  dataset:
    type: pandas.CSVDataset
    filepath: v1_north.csv
`,
  );
  assert.equal(skipped.size, 0);
});

Deno.test("rewriteCatalog() adds no entry for a dataset of a factory that it cannot write", () => {
  const file = { type: "pandas.CSVDataset", filepath: "data/x.csv" };
  const reasons = [
    ofFactory({ ...file, versioned: true }),
    ofFactory({ ...file, credentials: "[hidden]" }),
    ofFactory(file, '{"{site}.features": {type: pandas.CSVDataset, filepath: data/x.csv}}'),
  ].map(({ skipped }) => skipped.get("north.features"));
  assert.deepEqual(reasons, [
    "it is versioned",
    "its credentials are in the catalog",
    "the whole file is written in braces",
  ]);
});
