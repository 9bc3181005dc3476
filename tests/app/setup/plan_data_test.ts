import { deepEqual, equal } from "node:assert/strict";
import { localPlaceOf, readLocal } from "../../../src/app/setup/local_data.ts";
import { planRewrites } from "../../../src/app/setup/plan_data.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../../src/config/conf_folders.ts";
import { fakeContext } from "../../fakes/context.ts";

const FILES = { "/p/data/rides.csv": "1,2\n", "/p/data/parts/a.csv": "1\n", "/p/data/parts/deep/b.csv": "" };

const CASES = [
  ["data/rides.csv", "uri_file", ["uri_file", ["rides.csv", 4]]],
  ["data/rides.csv", "uri_folder", ["uri_file", ["rides.csv", 4]]],
  ["data/parts", "uri_folder", ["uri_folder", ["a.csv", 2], ["deep/b.csv", 0]]],
  ["data/parts", "uri_file", undefined],
  ["data/gone", "uri_folder", undefined],
] as const;

for (const [path, type, expected] of CASES) {
  Deno.test(`setup takes ${path} declared as ${type} as ${expected?.[0]}`, async () => {
    const data = await readLocal(fakeContext({ files: FILES }), { root: "/p" }, path, type);
    const files = data?.files.map(({ name, sizeBytes }) => [name, sizeBytes]);
    deepEqual(data && [data.type, ...files!], expected);
  });
}

Deno.test("data push takes the file or folder in the catalog", () => {
  const type = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
  const catalog = {
    memory: { type: "MemoryDataset", azureml_dataset: "rides" },
    other: { type, azureml_dataset: "other" },
    named: { type, azureml_dataset: "rides", azureml_type: "uri_file", dataset: { type: "x.Y" } },
    rides: { type, azureml_dataset: "rides", azureml_type: "uri_file", dataset: { filepath: "a/rides.csv" } },
    parts: {
      type,
      azureml_dataset: "parts",
      azureml_type: "uri_file",
      root_dir: "in",
      dataset: { path: "x" },
    },
    folder: { type, azureml_dataset: "folder", root_dir: "in", dataset: { filepath: "a.csv" } },
    again: { type, azureml_dataset: "folder", root_dir: "elsewhere", dataset: { filepath: "b.csv" } },
  };
  const placeOf = (name: string) => {
    const place = localPlaceOf(
      { snapshot: { catalog } } as unknown as Parameters<typeof localPlaceOf>[0],
      name,
    );
    return place && [place.type, place.path.replaceAll("\\", "/")];
  };
  deepEqual(placeOf("rides"), ["uri_file", "data/a/rides.csv"]);
  deepEqual(placeOf("parts"), ["uri_file", "in/x"]);
  deepEqual(placeOf("folder"), ["uri_folder", "in"]);
  deepEqual(placeOf("other"), ["uri_folder", "data"]);
  deepEqual(placeOf("gone"), undefined);
});

for (const path of [".", "..", "/", "data/..", "/p/", "data/link"]) {
  Deno.test(`setup does not read ${path}, a folder around the project`, async () => {
    const ctx = fakeContext({ files: FILES });
    const { realPath } = ctx.fs;
    Object.assign(ctx.fs, {
      realPath: (path: string) => path === "/p/data/link" ? Promise.resolve("/p") : realPath(path),
      stat: () => Promise.resolve({ kind: "folder" }),
    });
    const data = await readLocal(ctx, { root: "/p" }, path, "uri_folder");
    deepEqual([data?.files, data?.holdsProject], [[], true]);
  });
}

const PARQUET = { type: "pandas.ParquetDataset" };
const FACTORIES = `"{ns}.table@pandas":
  type: pandas.ParquetDataset
  filepath: data/{ns}/table.parquet
"{ns}.table@spark":
  type: spark.SparkDataset
  filepath: data/{ns}/table.parquet
"{ns}.set":
  type: pandas.CSVDataset
  filepath: data/{ns}/set.csv
`;

/**
 * Plans the catalog for jobs, each with what it reads from the catalog, what from its steps, and what it writes.
 *
 * @param local Whether to return what is written for runs on this machine instead of what is rewritten.
 */
async function rewritesOf(
  jobs: readonly { literal?: readonly string[]; step?: readonly string[]; outputs?: readonly string[] }[],
  change: Record<string, unknown> = {},
  refused: readonly string[] = [],
  { local = false, files = {} }: { readonly local?: boolean; readonly files?: Record<string, string> } = {},
) {
  const ctx = fakeContext({
    files: {
      ...files,
      "/p/conf/base/catalog.yml": FACTORIES,
      "/p/data/b/table.parquet": "PAR1",
      "/p/data/b/my set.csv": "1",
      "/p/data/my parts/a.csv": "1",
    },
  });
  const input = (kind: string) => (dataset: string) => ({ dataset, from: { kind } });
  const specs = jobs.map(({ literal = [], step = [], outputs = [] }) => ({
    steps: [{
      inputs: [...literal.map(input("literal")), ...step.map(input("step"))],
      outputs: outputs.map((dataset) => ({ dataset })),
    }],
  }));
  const table = { ...PARQUET, filepath: "data/a/table.parquet" };
  const catalog = {
    "a.table@pandas": table,
    "a.table@spark": { ...table, type: "spark.SparkDataset" },
    "a.set": { type: "pandas.CSVDataset", filepath: "data/a/set.csv" },
    "b.table@pandas": { ...PARQUET, filepath: "data/b/table.parquet" },
    ...change,
  };
  const session = {
    project: { root: "/p" },
    env: "local",
    load: { root: "/p", env: "local", settings: DEFAULT_LOADER_SETTINGS },
    snapshot: { catalog },
  };
  const plan = { specs, session } as unknown as Parameters<typeof planRewrites>[1];
  const { items, unmet } = await planRewrites(ctx, plan);
  deepEqual(unmet.map(({ what }) => what), refused);
  return items.filter(({ kind }) => (kind === "local_catalog") === local).map((item) =>
    item.kind === "catalog"
      ? {
        assets: item.assets,
        passedOn: item.passedOn,
        added: item.text.slice(FACTORIES.length).match(/^\S.*:$|azureml_\w+: .*|root_dir: .*|filepath: .*/gm),
      }
      : item
  );
}

Deno.test("setup wraps each entry of a transcoded dataset", async () => {
  deepEqual(
    await rewritesOf([{ outputs: ["a.table@pandas", "a.set"], step: ["a.table@spark"] }]),
    [{
      assets: [],
      passedOn: ["a.table@pandas", "a.table@spark", "a.set"],
      added: ["pandas", "spark"].flatMap((name) => [
        `a.table@${name}:`,
        "root_dir: data/a",
        "filepath: table.parquet",
      ]).concat("a.set:", "root_dir: data/a", "filepath: set.csv"),
    }],
  );
});

Deno.test("setup turns a dataset shared by jobs into a data asset", async () => {
  deepEqual(
    await rewritesOf([{ outputs: ["a.table@pandas"] }, { literal: ["a.table@spark"] }]),
    [{
      assets: ["a.table@spark", "a.table@pandas"],
      passedOn: [],
      added: ["spark", "pandas"].flatMap((name) => [
        `a.table@${name}:`,
        "azureml_dataset: a-table",
        "azureml_type: uri_folder",
        "root_dir: data/a",
        "filepath: table.parquet",
      ]),
    }],
  );
});

Deno.test("setup turns a file that no job writes into a data asset", async () => {
  const gone = 'conf/base/catalog.yml: "a.set" stays as it is, because data/a/set.csv does not exist';
  const [item] = await rewritesOf([{ literal: ["a.set", "b.table@pandas"] }], {}, [gone]);
  deepEqual(item, {
    assets: ["b.table@pandas"],
    passedOn: [],
    added: [
      "b.table@pandas:",
      "azureml_dataset: b-table-pandas",
      "azureml_type: uri_file",
      "root_dir: data/b",
      "filepath: table.parquet",
    ],
  });
});

Deno.test("setup keeps the old entries in an environment for local runs", async () => {
  const jobs = [{ literal: ["b.table@pandas"] }];
  const of = (change: Record<string, unknown>, files: Record<string, string> = {}) =>
    rewritesOf(jobs, change, [], { local: true, files });
  deepEqual(await of({}), [{
    kind: "local_catalog",
    file: "conf/laptop/catalog.yml",
    env: "laptop",
    text: `# The entries before kedro-azureml changed them, for: kedro run --env laptop
b.table@pandas:
  type: pandas.ParquetDataset
  filepath: data/b/table.parquet
`,
    datasets: ["b.table@pandas"],
    unread: [],
  }]);
  const versioned = { "a.set": { ...CSV, filepath: "data/a/set.csv", versioned: true } };
  const [kept] = await rewritesOf([{ outputs: ["a.set"], step: ["a.set"] }], versioned, [], {
    local: true,
    files: {
      "/p/conf/base/catalog_a.yml":
        "a.set: {type: pandas.CSVDataset, filepath: data/a/set.csv, versioned: true}\n",
      "/p/conf/local/credentials.yml": "db: {user: me}\n",
      "/p/conf/local/parameters.yml": "",
    },
  });
  deepEqual(kept && "unread" in kept && [kept.datasets, kept.unread], [["a.set"], [
    "conf/local/credentials.yml",
  ]]);
  deepEqual(await of({}, { "/p/conf/laptop/parameters.yml": "" }), []);
  // What is in no file of base may be a secret that is not in git.
  deepEqual(await of({}, { "/p/conf/base/catalog_paths.yml": "_at: ${globals:at}\n" }), []);
  const local = { "/p/conf/local/catalog.yml": "b.table@pandas:\n  filepath: data/b/table.parquet\n" };
  deepEqual(await of({}, local), []);
});

Deno.test("setup gives data assets valid names", async () => {
  const change = { "_b.table@pandas": { ...PARQUET, filepath: "data/b/table.parquet" } };
  const [item] = await rewritesOf([{ literal: ["_b.table@pandas"] }], change);
  equal((item as { added: string[] }).added[1], "azureml_dataset: b-table-pandas");
});

Deno.test("setup does not change a transcoded dataset of different files", async () => {
  const job = { outputs: ["a.table@pandas"], step: ["a.table@spark"] };
  for (const filepath of ["s3://bucket/table", "data/a/other.parquet"]) {
    deepEqual(await rewritesOf([job], { "a.table@spark": { ...PARQUET, filepath } }), []);
  }
});

const CSV = { type: "pandas.CSVDataset" };
const HELD = 'conf/base/catalog.yml: "a.set" cannot be rewritten, because its folder holds the whole project';

for (const filepath of ["set.csv", "./set.csv", "data/../set.csv"]) {
  Deno.test(`setup creates no data asset for ${filepath} in the project's folder`, async () => {
    const jobs = [{ outputs: ["a.set"] }, { literal: ["a.set"] }];
    deepEqual(await rewritesOf(jobs, { "a.set": { ...CSV, filepath } }, [HELD]), []);
  });
}

Deno.test("setup does not wrap a file with a space in its name", async () => {
  const refused =
    'conf/base/catalog.yml: "b.set" cannot be rewritten, because the plugin\'s command cannot pass on the name "my set.csv"';
  const change = { "b.set": { ...CSV, filepath: "data/b/my set.csv" } };
  deepEqual(await rewritesOf([{ literal: ["b.set"] }], change, [refused]), []);
});

Deno.test("setup prints the lines to write for an entry with a YAML anchor", async () => {
  const hintsOf = async (asset: boolean) => {
    const ctx = fakeContext({
      files: {
        "/p/conf/base/catalog.yml": "a: &a\n  type: x.Y\n  filepath: in/x.csv\n",
        "/p/in/x.csv": "1",
      },
    });
    const dataset = { dataset: "a", from: { kind: "literal" } };
    const specs = [{
      steps: [asset ? { inputs: [dataset], outputs: [] } : { inputs: [], outputs: [dataset] }],
    }];
    const session = {
      project: { root: "/p" },
      env: "local",
      load: { root: "/p", env: "local", settings: DEFAULT_LOADER_SETTINGS },
      snapshot: { catalog: { a: { type: "x.Y", filepath: "in/x.csv" } } },
    };
    const plan = { specs, session } as unknown as Parameters<typeof planRewrites>[1];
    const { items, unmet } = await planRewrites(ctx, plan);
    deepEqual(items, []);
    return unmet.map(({ hint }) => hint);
  };
  const rest =
    "`root_dir:` with the folder and `dataset:` with all keys that it has now and the path below the folder";
  const type = (name: string) => `\`type: kedro_azureml_pipeline.datasets.AzureML${name}Dataset\``;
  deepEqual(await hintsOf(true), [
    `Give it the keys ${type("Asset")}, \`azureml_dataset: a\`, \`azureml_type: uri_file\`, ${rest}`,
  ]);
  deepEqual(await hintsOf(false), [`Give it the keys ${type("Pipeline")}, ${rest}`]);
});

Deno.test("setup gives each dataset a data asset of its own name", async () => {
  const refused = (owner: string) => [
    `conf/base/catalog.yml: "b.x.set" cannot be rewritten, because its data asset "b-x-set" would be that of "${owner}", too`,
  ];
  const file = { ...CSV, filepath: "data/b/table.parquet" };
  const names = ["b-x.set", "b.x.set"];
  const both = { "b.x.set": file, "b-x.set": file };
  const [item] = await rewritesOf([{ literal: names }], both, refused("b-x.set"));
  deepEqual(item && "assets" in item && item.assets, ["b-x.set"]);
  const jobs = [{ outputs: names }, { literal: names }];
  const [shared] = await rewritesOf(jobs, both, refused("b-x.set"));
  deepEqual(shared && "assets" in shared && shared.assets, ["b-x.set"]);
  const type = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
  const taken = { "b.x.set": file, old: { type, azureml_dataset: "b-x-set", root_dir: "data/c" } };
  deepEqual(await rewritesOf([{ literal: ["b.x.set"] }], taken, refused("old")), []);
  const [passedOn] = await rewritesOf([{ outputs: ["b.x.set"] }], taken);
  deepEqual(passedOn && "passedOn" in passedOn && passedOn.passedOn, ["b.x.set"], "it needs no data asset");
});
