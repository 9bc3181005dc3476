import assert from "node:assert/strict";
import { rewriteCatalog } from "../../../src/app/setup/rewrite_catalog.ts";

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

const FACTORY =
  '"{site}.features": {type: pandas.CSVDataset, filepath: "data/${globals:tag}_{site}.csv"}\n# end\n';

const rewrite = (...rewrites: Parameters<typeof rewriteCatalog>[2]) =>
  rewriteCatalog("conf/base/catalog.yml", CATALOG, rewrites);

Deno.test("rewriteCatalog() keeps comments around a wrapped entry", () => {
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

Deno.test("rewriteCatalog() wraps a dataset of a folder", () => {
  const { text } = rewrite({ dataset: "images", asset: { name: "images", type: "uri_folder" } });
  assert.match(
    text,
    /root_dir: \.?\/?data\/01_raw\/images\n {2}filepath_arg: path\n {2}dataset:\n {4}type: pillow\.ImageDataset\n {4}path: "\."\n/,
  );
});

Deno.test("rewriteCatalog() keeps the lines and comments of an entry", () => {
  const query = "select ".repeat(20).trimEnd();
  const text = `a:
  # of a
  type: x.Y
  filepath: in/a.csv
  load_args:
    query: ${query}
    text: |
      one

      two
`;
  assert.equal(
    rewriteCatalog("catalog.yml", text, [{ dataset: "a" }]).text,
    `a:
  # of a
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  root_dir: in
  dataset:
    type: x.Y
    filepath: a.csv
    load_args:
      query: ${query}
      text: |
        one

        two
`,
  );
});

Deno.test("rewriteCatalog() quotes dataset names such as yes", () => {
  const fromFactory = { type: "x.Y", filepath: "in/a.csv" };
  const { text } = rewriteCatalog("catalog.yml", "'{n}': {type: x.Y, filepath: in/a.csv}\n", [
    { dataset: "2026", fromFactory },
    { dataset: "yes", fromFactory },
  ]);
  assert.deepEqual(text.match(/^\S+:$/gm), ['"2026":', '"yes":']);
});

Deno.test("rewriteCatalog() says why it keeps an entry", () => {
  const all = ["interpolated", "versioned", "unfiled", "missing"].map((dataset) => ({
    dataset,
    asset: { name: dataset, type: "uri_file" as const },
  }));
  const { text, skipped } = rewrite(...all);
  assert.equal(text, CATALOG);
  assert.deepEqual(Object.fromEntries(skipped), {
    interpolated: "its filepath is interpolated",
    versioned: "it is versioned",
    unfiled: "it has no filepath",
    missing: "it is not a mapping of its own in this file",
  });
});

const SHARED = `_csv: &csv
  type: pandas.CSVDataset
  filepath: &file data/_raw/shared.csv
rides:
  <<: *csv
  filepath: data/rides.csv
  load_args: &load
    sep: ";"
merged: {<<: *csv, load_args: *load}
aliased:
  filepath: *file
old:
  <<: {<<: *csv, versioned: true}
owner:
  filepath: &own data/own.csv
`;

Deno.test("rewriteCatalog() keeps YAML aliases", () => {
  const rewrites = ["rides", "merged", "aliased"].map((dataset) => ({ dataset }));
  const { text, skipped } = rewriteCatalog("catalog.yml", SHARED, rewrites);
  const wrapped = (root: string, ...lines: string[]) =>
    ["", "  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset", `  root_dir: ${root}`, ...lines]
      .join("\n");
  assert.deepEqual([...skipped], []);
  assert.equal(
    text.slice(text.indexOf("rides:"), text.indexOf("old:")),
    `rides:${
      wrapped(
        "data",
        "  dataset:",
        "    <<: *csv",
        "    filepath: rides.csv",
        "    load_args: &load",
        '      sep: ";"',
      )
    }
merged:${wrapped("data/_raw", "  dataset: {<<: *csv, load_args: *load, filepath: shared.csv}")}
aliased:${wrapped("data/_raw", "  dataset:", "    filepath: shared.csv")}
`,
  );
});

Deno.test("rewriteCatalog() removes `versioned` from outputs", () => {
  const entry = "a:\n  type: x.Y\n  filepath: out/x.csv\n  versioned: true\n";
  const { text } = rewriteCatalog("catalog.yml", entry, [{ dataset: "a" }]);
  assert.match(
    text,
    /AzureMLPipelineDataset\n {2}root_dir: out\n {2}dataset:\n {4}type: x.Y\n {4}filepath: x.csv\n$/,
  );
  const asset = { name: "a", type: "uri_folder" } as const;
  const written = rewriteCatalog("catalog.yml", entry, [{
    dataset: "a",
    asset: { ...asset, isParent: true },
  }]);
  assert.match(
    written.text,
    /AzureMLAssetDataset\n(?: {2}.+\n)+ {2}dataset:\n {4}type: x.Y\n {4}filepath: x.csv\n$/,
  );
  const { skipped } = rewriteCatalog("catalog.yml", entry, [{ dataset: "a", asset }]);
  assert.deepEqual([...skipped], [["a", "it is versioned"]]);
});

Deno.test("rewriteCatalog() rewrites an entry in braces", () => {
  const { text } = rewriteCatalog("catalog.yml", "a:  {type: x.Y, filepath: in/x.csv}  # nightly\nb: {}\n", [
    { dataset: "a" },
  ]);
  assert.equal(
    text,
    `a:
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  root_dir: in
  dataset: {type: x.Y, filepath: x.csv}  # nightly
b: {}
`,
  );
});

for (
  const [filepath, path, parts] of [
    ["${_raw}/x.csv", "data/01/x.csv", ["${_raw}", "x.csv"]],
    ["./data/x ${globals:year}.csv", "data/x 2026.csv", ["data", "x ${globals:year}.csv"]],
    ["data/${globals:file}", "data/2026/x.csv", undefined],
    ["data/${oc.env:DIR,a/b}.csv", "data/a/b.csv", undefined],
    ["data/${globals:${name}}", "data/x.csv", undefined],
    ["${_raw}/x.csv", undefined, undefined],
  ] as const
) {
  Deno.test(`rewriteCatalog() ${parts ? "splits" : "keeps"} filepath ${filepath}${path === undefined ? " of unknown value" : ""}`, () => {
    const catalog = `a:\n  type: x.Y\n  filepath: "${filepath}"\n`;
    const { text, skipped } = rewriteCatalog("catalog.yml", catalog, [{
      dataset: "a",
      ...(path && { path }),
    }]);
    const found = [...text.matchAll(/(?:root_dir|filepath): "?([^"\n]*)/g)].map(([, value]) => value);
    assert.deepEqual(found, parts ?? [filepath]);
    assert.equal(skipped.get("a"), parts ? undefined : "its filepath is interpolated");
  });
}

Deno.test("rewriteCatalog() keeps CRLF line endings", () => {
  const catalog = `${CATALOG}${FACTORY}`.replaceAll("\n", "\r\n");
  const { text } = rewriteCatalog("catalog.yml", catalog, [
    { dataset: "companies" },
    { dataset: "flow" },
    { dataset: "north.features", fromFactory: { type: "x.Y", filepath: "data/x.csv" } },
  ]);
  assert.match(text, /root_dir: data\/01_raw\r\n/);
  assert.match(text, /north\.features:\r\n/);
  assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/);
});

Deno.test("rewriteCatalog() splits a path into folder and file name", () => {
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

const ofFactory = (entry: Record<string, unknown>, text = FACTORY) =>
  rewriteCatalog("catalog.yml", text, [{ dataset: "north.features", fromFactory: entry }]);

Deno.test("rewriteCatalog() adds an entry for a dataset of a factory", () => {
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

Deno.test("rewriteCatalog() does not copy credentials of a factory", () => {
  const file = { type: "pandas.CSVDataset", filepath: "data/x.csv" };
  const reasons = [
    ofFactory({ ...file, credentials: "[hidden]" }),
    ofFactory(file, '{"{site}.features": {type: pandas.CSVDataset, filepath: data/x.csv}}'),
  ].map(({ skipped }) => skipped.get("north.features"));
  assert.deepEqual(reasons, [
    "its credentials are in the catalog",
    "the whole file is written in braces",
  ]);
});
