import assert from "node:assert/strict";
import { type Files, rehearse, rehearseOnce, withoutPlugin } from "./rehearsal.ts";
import { peerTest } from "./peer.ts";

/** A defect that `validate` finds, how a rehearsal shows it, and the fix that the hint suggests. */
interface Defect {
  readonly name: string;
  /** Code of the finding; absent if no check can find it. */
  readonly code?: string;
  readonly files?: Files;
  readonly options?: readonly string[];
  readonly env?: Record<string, string>;
  readonly venv?: string;
  /** Expected output of the rehearsal. */
  readonly fails: RegExp;
  readonly mended: {
    readonly files?: Files;
    readonly options?: readonly string[];
  };
}

/** Creates the project's pipeline with another first node and dataset. */
const registry = (first: string, name = "rows", imports = "") =>
  `${imports}from kedro.pipeline import Pipeline, node


def make(size):
    return [size, size]


def copy(raw):
    return list(raw)


def total(rows):
    return {"total": sum(rows)}


def register_pipelines():
    steps = [${first}, node(total, "${name}", "result", name="total")]
    return {"__default__": Pipeline(steps)}
`;

const RESULT = `result:
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  dataset:
    type: json.JSONDataset
    filepath: result.json
`;

const READS_RAW = registry('node(copy, "raw", "rows", name="make")');

const AZUREML = (execution: string, more = "") =>
  `workspace:
  __default__: { subscription_id: "11111111-2222-3333-4444-555555555555", resource_group: rg, name: ws }
compute:
  __default__: { cluster_name: cpu }
execution: ${execution}
jobs:
  main:
    pipeline: { pipeline_name: __default__ }
    experiment_name: shop
${more}`;

const RESOLVER = `from omegaconf.resolvers import oc

CONFIG_LOADER_ARGS = {"custom_resolvers": {"oc.env": oc.env}}
`;

const json = (name: string, path: string, more = "") =>
  `${name}:\n  type: json.JSONDataset\n  filepath: ${path}\n${more}`;

const mounted = (name: string, path: string) =>
  `${name}:
  type: kedro_azureml_pipeline.datasets.AzureMLPipelineDataset
  dataset: { type: pickle.PickleDataset, filepath: ${JSON.stringify(path)} }
`;

const DEFECTS: readonly Defect[] = [
  {
    name: "a local file between two steps",
    code: "dataset.local_between_steps",
    files: { "conf/base/catalog.yml": RESULT + json("rows", "data/rows.json") },
    fails: /✗ total: .*StreamAccess\.NotFound.*'rows'[^]*wrote nothing to its output/,
    mended: { files: { "conf/base/catalog.yml": RESULT } },
  },
  {
    name: "a dataset in memory between two steps",
    code: "dataset.local_between_steps",
    files: { "conf/base/catalog.yml": `${RESULT}rows:\n  type: MemoryDataset\n` },
    fails: /✗ total: .*StreamAccess\.NotFound.*'rows'/,
    mended: { files: { "conf/base/catalog.yml": RESULT } },
  },
  {
    name: "a dataset from a factory between two steps",
    code: "dataset.factory_not_mounted",
    files: { "conf/base/catalog.yml": RESULT + mounted('"{name}ws"', "{name}ws.pkl") },
    fails: /✗ total: .*StreamAccess\.NotFound.*'rows'/,
    mended: { files: { "conf/base/catalog.yml": RESULT + mounted("rows", "rows.pkl") } },
  },
  {
    name: "a cached dataset between two steps",
    code: "dataset.local_between_steps",
    files: {
      "conf/base/catalog.yml": `${RESULT}rows:\n  type: CachedDataset\n  dataset:\n${
        mounted("", "rows.pkl").split("\n").slice(1).map((line) => `  ${line}\n`).join("")
      }`,
    },
    fails: /✗ total: .*StreamAccess\.NotFound.*'rows'/,
    mended: { files: { "conf/base/catalog.yml": RESULT } },
  },
  {
    name: "an excluded input file",
    code: "dataset.not_uploaded",
    files: {
      "src/shop/pipeline_registry.py": READS_RAW,
      "conf/base/catalog.yml": RESULT + json("raw", "data/raw.json"),
      "data/raw.json": "[1, 2]",
    },
    fails: /✗ make: [^]*No such file or directory/,
    mended: {
      files: {
        "src/shop/pipeline_registry.py": READS_RAW,
        "conf/base/catalog.yml": RESULT + json("raw", "data/raw.json"),
        "data/raw.json": "[1, 2]",
        ".amlignore": "docs/**\n",
      },
    },
  },
  {
    name: "credentials in an excluded file",
    code: "dataset.credentials",
    files: {
      "conf/base/catalog.yml": RESULT + json("other", "data/x.json", "  credentials: dev\n"),
      "conf/local/credentials.yml": "dev:\n  key: s3cret\n",
    },
    options: ["--allow", "dataset.credentials"],
    fails: /✗ make: [^]*credentials/,
    mended: {
      files: {
        "conf/base/catalog.yml": RESULT + json("other", "data/x.json", "  credentials: dev\n"),
        "conf/base/credentials.yml": "dev:\n  key: ${oc.env:SHOP_KEY}\n",
        ".amlignore": "data/**\n!conf/base/credentials.yml\n",
      },
      options: ["--env-var", "SHOP_KEY=s3cret"],
    },
  },
  {
    name: "an environment variable outside the steps",
    code: "config.env_not_in_step",
    files: { "src/shop/settings.py": RESOLVER, "conf/base/parameters.yml": "size: ${oc.env:SHOP_SIZE}\n" },
    env: { SHOP_SIZE: "3" },
    options: ["--allow-env-names", "SHOP_SIZE"],
    fails: /✗ make: [^]*SHOP_SIZE/,
    mended: {
      files: {
        "src/shop/settings.py": RESOLVER,
        "conf/base/parameters.yml": "size: ${oc.decode:${oc.env:SHOP_SIZE}}\n",
        "src/shop/pipeline_registry.py": registry(
          'node(lambda size: [int(size)], "params:size", "rows", name="make")',
        ),
      },
      options: ["--allow-env-names", "SHOP_SIZE", "--env-var", "SHOP_SIZE=3"],
    },
  },
  {
    name: "an excluded configuration file",
    code: "config.file_not_uploaded",
    files: { ".amlignore": "conf/base/parameters.yml\n" },
    options: ["--allow", "config.file_not_uploaded"],
    fails: /✗ make: [^]*params:size/,
    mended: { files: { ".amlignore": "conf/base/parameters.yml\n!conf/base/parameters.yml\n" } },
  },
  {
    name: "a missing pyproject.toml",
    code: "code.no_pyproject",
    files: { ".amlignore": "pyproject.toml\n" },
    options: ["--allow", "code.no_pyproject"],
    fails: /No such command 'azureml'[^]*Add kedro-azureml-pipeline|✗ make/,
    mended: { files: { ".amlignore": "data/**\n" } },
  },
  {
    name: "an environment without the plugin",
    code: "environment.plugin",
    venv: "/usr",
    options: [],
    fails: /kedro: command not found[^]*Add kedro-azureml-pipeline to the environment|Cannot run Python/,
    mended: {},
  },
  {
    name: "a wrong working directory",
    files: {
      "conf/base/azureml.yml": AZUREML('{ environment: "env:1", working_directory: /home/kedro/shop }'),
    },
    fails: /✗ make: [^]*cd: \/home\/kedro\/shop: No such file/,
    mended: {},
  },
  {
    name: "code expected in the image",
    code: "environment.start_folder",
    files: { "conf/base/azureml.yml": AZUREML('{ environment: "env:1" }') },
    fails: /✗ make: /,
    mended: { files: { "conf/base/azureml.yml": AZUREML('{ environment: "env:1", code_directory: "." }') } },
  },
  {
    name: "a timeout shorter than Kedro's start",
    code: "job.short_timeout",
    files: {
      "conf/base/azureml.yml": AZUREML(
        '{ environment: "env:1", code_directory: "." }',
        "    limits: { timeout: 1 }\n",
      ),
    },
    fails: /✗ make: The step exceeded its time limit of 1 s/,
    mended: {
      files: {
        "conf/base/azureml.yml": AZUREML(
          '{ environment: "env:1", code_directory: "." }',
          "    limits: { timeout: 600 }\n",
        ),
      },
    },
  },
  {
    name: "a library missing from the environment",
    code: "environment.plugin",
    files: {
      "src/shop/pipeline_registry.py": registry(
        'node(make, "params:size", "rows", name="make")',
        "rows",
        "import polars\n",
      ),
    },
    fails: /✗ make: [^]*No module named 'polars'/,
    mended: {
      files: {
        "src/shop/pipeline_registry.py": registry(
          'node(make, "params:size", "rows", name="make")',
          "rows",
          "import polars\n",
        ),
        "libraries/polars.py": "",
      },
      options: ["--env-var", "PYTHONPATH=libraries"],
    },
  },
  {
    name: "a dataset package missing from the environment",
    files: { "conf/base/catalog.yml": `${RESULT}other:\n  type: polars.CSVDataset\n  filepath: x.csv\n` },
    fails: /✗ make: [^]*polars/,
    mended: { files: { "conf/base/catalog.yml": RESULT + json("other", "x.json") } },
  },
  {
    name: "an input without a step to write it",
    code: "submit.undeclared_input",
    files: { "src/shop/pipeline_registry.py": READS_RAW },
    options: ["--allow", "submit.undeclared_input"],
    fails: /raw/,
    mended: {
      files: {
        "src/shop/pipeline_registry.py": READS_RAW,
        "conf/base/catalog.yml": RESULT + json("raw", "seeds/raw.json"),
        "seeds/raw.json": "[3, 3]",
      },
    },
  },
  {
    name: "parameters longer than a command line allows",
    code: "job.long_command",
    options: [
      "--params",
      JSON.stringify({ size: 3, filler: "x".repeat(140_000) }),
      "--allow",
      "job.long_command",
    ],
    fails: /✗ make: [^]*too long/i,
    mended: {},
  },
];

for (const { name, code, mended, fails, options = [], ...defect } of DEFECTS) {
  peerTest(`rehearse succeeds after the suggested fix for ${name}`, withoutPlugin, async () => {
    // What is an error stops a rehearsal, unless it is allowed.
    const allowed = code === undefined || options.includes(code) ? [] : ["--allow", code];
    const before = await rehearse({ ...defect, options: [...options, ...allowed] });
    assert.notEqual(before.exit, 0, before.text);
    assert.match(before.text, fails);
    if (code !== undefined) assert.ok(before.findings.includes(code), before.findings.join(", "));
    const after = await rehearseOnce({ env: defect.env ?? {}, ...mended });
    assert.equal(after.exit, 0, after.text);
    assert.match(after.outputs["total/result/result.json"]!, /"total": \d/);
    const isStill = code !== undefined && code !== "environment.plugin" &&
      after.findings.includes(code);
    assert.equal(isStill, false, `${code} is still found`);
  });
}

peerTest("rehearse loses an output in a local file, as validate reports", withoutPlugin, async () => {
  const lost = await rehearse({ files: { "conf/base/catalog.yml": json("result", "data/result.json") } });
  assert.equal(lost.exit, 0, lost.text);
  assert.ok(lost.findings.includes("dataset.output_lost"));
  assert.deepEqual(Object.keys(lost.outputs), ["make/rows/rows.pickle"]);
  const kept = await rehearse({ files: { "conf/base/catalog.yml": "" } });
  assert.deepEqual(Object.keys(kept.outputs).sort(), [
    "make/rows/rows.pickle",
    "total/result/result.pickle",
  ]);
});

peerTest("rehearse ignores an excluded configuration file, as validate reports", withoutPlugin, async () => {
  const files = { "conf/prod/parameters.yml": "size: 4\n" };
  const options = ["-e", "prod"];
  const without = await rehearse({ files: { ...files, ".amlignore": "conf/prod/**\n" }, options });
  assert.equal(without.exit, 0, without.text);
  assert.ok(without.findings.includes("config.file_not_uploaded"));
  assert.equal(JSON.parse(without.outputs["total/result/result.json"]!).total, 6);
  const hinted = { ...files, ".amlignore": "conf/prod/**\n!conf/prod/parameters.yml\n" };
  const mended = await rehearse({ files: hinted, options });
  assert.equal(JSON.parse(mended.outputs["total/result/result.json"]!).total, 8, mended.text);
  assert.equal(mended.findings.includes("config.file_not_uploaded"), false);
});

peerTest("rehearse accepts node and dataset names with capitals and dots", withoutPlugin, async () => {
  const files = {
    "src/shop/pipeline_registry.py": registry(
      'node(make, "params:size", "Shop.Rows", name="Make.It")',
      "Shop.Rows",
    ),
  };
  const { exit, text, outputs } = await rehearse({ files });
  assert.equal(exit, 0, text);
  assert.equal(JSON.parse(outputs["total/result/result.json"]!).total, 6);
});
