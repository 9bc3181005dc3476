import { deepEqual, equal, match } from "node:assert/strict";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import { mergeFindings } from "../../../src/azureml/checks/finding.ts";
import { afterLeftOut } from "../../../src/azureml/checks/left_out.ts";
import { azureEnvironment, readEnvironmentFiles } from "../../../src/azureml/checks/job_environment.ts";
import type { Subject } from "../../../src/azureml/checks/subject.ts";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import type { CatalogEntry, Json, ProjectSnapshot } from "../../../src/kedro/snapshot.ts";
import { readProjectSource } from "../../../src/kedro/modules.ts";
import { fakeContext } from "../../fakes/context.ts";
import { askModules } from "../../fakes/modules.ts";
import { config, placeIn, selection, spec, STEP, stepReading, subject } from "./subject.ts";

/** Parts of a project that has a node `train` with the function `my_project.nodes.train`. */
interface Parts {
  /** Python files below `src/my_project`, and other files of the project with a path that begins with `/`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly catalog?: Readonly<Record<string, CatalogEntry>>;
  readonly parameters?: Readonly<Record<string, Json>>;
  /** The function of the node. */
  readonly func?: string;
  /** Inputs of the node. */
  readonly inputs?: readonly string[];
  /** Other nodes, with their inputs. */
  readonly more?: Readonly<Record<string, readonly string[]>>;
  /** Configuration files. */
  readonly conf?: readonly string[];
  /** The folder of the base environment. */
  readonly base?: string;
  readonly params?: Readonly<Record<string, Json>>;
  readonly passedVariables?: readonly string[];
  readonly code?: Subject["code"];
  readonly project?: Partial<Subject["project"]>;
  readonly spec?: Partial<JobSpec>;
  readonly warnings?: Subject["warnings"];
  readonly addsPlugin?: boolean;
}

/** Checks a project by its source; returns the findings of an area, or of a code. */
async function findings(area: string, parts: Parts) {
  const files = Object.entries(parts.files ?? {}).map(([name, text]) =>
    [name.startsWith("/") ? `/p${name}` : `/p/src/my_project/${name}`, text] as const
  );
  const ctx = fakeContext({
    files: { "/p/src/my_project/__init__.py": "", ...Object.fromEntries(files) },
  });
  const node = {
    name: "train",
    func: parts.func ?? "my_project.nodes:train",
    inputs: parts.inputs ?? [],
    outputs: [],
  };
  const more = Object.entries(parts.more ?? {}).map(([name, inputs]) => ({ ...node, name, inputs }));
  const snapshot = {
    catalog: parts.catalog ?? {},
    parameters: parts.parameters ?? {},
    pipelines: { __default__: { nodes: [node, ...more], inputs: [], outputs: [] } },
  } as unknown as ProjectSnapshot;
  const steps = ["train", ...Object.keys(parts.more ?? {})].map((name) => ({
    ...STEP,
    node: name,
    key: name,
  }));
  const one = subject({
    specs: [spec({ steps, ...parts.spec })],
    conf: {
      files: parts.conf ?? [],
      folders: { base: parts.base ?? "conf/base", env: "conf/local" },
      placeOfKey: () => ({ file: "conf/base/parameters.yml", line: 5 }),
    },
    source: await readProjectSource(ctx, { root: "/p", sourceDir: "/p/src" }, askModules),
    environments: await readEnvironmentFiles(ctx, "/p"),
    passedVariables: parts.passedVariables ?? [],
    warnings: parts.warnings ?? [],
    addsPlugin: parts.addsPlugin ?? false,
    code: parts.code as never,
    ...(parts.params && { job: { params: parts.params } }),
  });
  return runChecks(
    { ...one, snapshot, project: { ...one.project, ...parts.project } },
    OFFLINE_CHECKS,
  ).filter(({ code }) => code.startsWith(area));
}

const REQUIREMENTS = "kedro-azureml-pipeline==0.1.0\n";

Deno.test("validate accepts nested parameters", async () => {
  const parameters = { model: { depth: 3, options: { rate: 1 } }, "dotted.name": 1 };
  const inputs = [
    "params:model",
    "params:model.options.rate",
    "params:dotted.name",
    "params:own",
    "parameters",
  ];
  deepEqual(await findings("params", { parameters, params: { own: 1 }, inputs }), []);
});

Deno.test("validate suggests parameters of the same parent only, if there is that parent", async () => {
  const parameters = { model_a: { alpha: 1, beta: 2 }, model_b: { alfa: 3 } };
  const inputs = ["params:model_b.alpha", "params:model_b.beta", "params:modle_b.alfa"];
  deepEqual((await findings("params", { parameters, inputs })).map(({ hint }) => hint).toSorted(), [
    "Add `model_b.beta` to conf/base/parameters.yml, or to `params` of the job in azureml.yml",
    'Did you mean "params:model_b.alfa"?',
    'Did you mean "params:model_b.alfa"?',
  ]);
});

Deno.test("validate suggests the name of a misspelled parameter", async () => {
  const parameters = { model: { depth: 3 }, alpha: 1 };
  const found = await findings("params", {
    parameters,
    inputs: [
      "params:depth",
      "params:alpa",
      "params:model.none",
      "params:model.depth.more",
      "params:unheard_of",
    ],
  });
  deepEqual(found.map(({ severity, message, hint }) => [severity, message.split(",")[0], hint]), [
    ["error", 'Node "train" reads "params:depth"', 'Did you mean "params:model.depth"?'],
    ["error", 'Node "train" reads "params:alpa"', 'Did you mean "params:alpha"?'],
    ["error", 'Node "train" reads "params:model.depth.more"', found[2]!.hint],
    ["error", 'Node "train" reads "params:model.none"', found[3]!.hint],
    [
      "error",
      'Node "train" reads "params:unheard_of"',
      "Add `unheard_of` to conf/base/parameters.yml, or to `params` of the job in azureml.yml",
    ],
  ]);
  equal(
    found[4]!.message,
    'Node "train" reads "params:unheard_of", which no parameters file in conf/base or conf/local defines',
  );
  equal(found[4]!.place, undefined);
  deepEqual(found[1]!.place, { file: "conf/base/parameters.yml", line: 5 });
});

Deno.test("validate names all nodes that read an undefined parameter", async () => {
  const inputs = ["params:rate"];
  const [found] = await findings("params", {
    inputs,
    more: { test: inputs },
    conf: ["conf/base/parameters_model.yml"],
    spec: { key: "other" },
  });
  equal(
    found!.message,
    'Nodes "train", "test" read "params:rate", which no parameters file in conf/base or conf/local defines',
  );
  equal(found!.hint, "Add `rate` to conf/base/parameters_model.yml, or pass it with `--params`");
  deepEqual(found!.place, { file: "conf/base/parameters_model.yml", line: 1, column: 1 });
});

Deno.test("validate accepts a parameter in the catalog", async () => {
  const catalog = { "params:made": { type: "MemoryDataset" } };
  deepEqual(await findings("params", { catalog, inputs: ["params:made"] }), []);
});

Deno.test("validate names the line that uses an undefined parameter", async () => {
  const [found] = await findings("params", {
    inputs: ["params:rate"],
    files: {
      "nodes.py": 'X = 1\nname = "params:rate"\n',
      "hooks.py": "\n\nclass Hooks:\n    def before_pipeline_run(self, catalog): ...\n",
    },
  });
  equal(found!.severity, "warning");
  deepEqual([found!.place?.file, found!.place?.line], ["src/my_project/nodes.py", 2]);
  match(found!.message, /unless the hook in src\/my_project\/hooks\.py:4 adds it$/);
});

Deno.test("validate warns about environment variables that steps lack", async () => {
  const files = {
    "nodes.py": 'import os\nA = os.environ["SHOP_A"]\nB = os.environ["SHOP_B"]\n' +
      'C = os.environ.get("SHOP_C")\ntry:\n    E = os.environ["SHOP_E"]\nexcept KeyError: ...\n\ndef train():\n    return os.environ["SHOP_D"], os.environ["HOME"]\n',
  };
  const found = await findings("code.env", { files, passedVariables: ["SHOP_B"] });
  const finding = (message: string, variable: string, line: number, column: number) => ({
    severity: "warning",
    code: "code.env_not_in_step",
    message: `os.environ["${variable}"] fails in steps${message} unless their environment sets ${variable}`,
    hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
    place: { file: "src/my_project/nodes.py", line, column },
    jobs: ["main"],
  });
  deepEqual(found, [
    finding("", "SHOP_A", 2, 5),
    finding(" that call train()", "SHOP_D", 10, 12),
  ]);
});

for (
  const variable of [
    ...[
      "AZUREML_RUN_ID",
      "AZ_BATCH_NODE_LIST",
      "MLFLOW_TRACKING_URI",
      "MLFLOW_RUN_ID",
      "MLFLOW_EXPERIMENT_ID",
    ],
    ...["MSI_ENDPOINT", "OBO_ENDPOINT", "PATH", "HOME", "HOSTNAME", "PWD"],
  ]
) {
  Deno.test(`validate accepts code that reads the environment variable ${variable}`, async () => {
    const files = { "nodes.py": `import os\nA = os.environ["${variable}"]\n` };
    deepEqual(await findings("code.env", { files }), []);
  });
}

for (const module of ["settings", "pipeline_registry", "cli"]) {
  Deno.test(`validate checks imports in ${module}.py`, async () => {
    const files = { "nodes.py": "", [`${module}.py`]: "from my_project import missing_helper_module\n" };
    deepEqual((await findings("code.module_missing", { files })).map(({ place }) => place?.file), [
      `src/my_project/${module}.py`,
    ]);
  });
}

Deno.test("validate reports imported packages that the environment lacks", async () => {
  const files = {
    "/requirements.txt": `${REQUIREMENTS}scikit-lern\n`,
    "nodes.py": "import json\nimport polars\nimport requets\nfrom sklearn import svm\n\n" +
      "def train(): ...\n\ndef plot():\n    import plotly\n\ntry:\n    import duckdb\nexcept ImportError: ...\n",
  };
  deepEqual(await findings("environment.package", { files }), [{
    severity: "warning",
    code: "environment.package_missing",
    message: "requirements.txt does not list polars, requets, scikit-learn, plotly, which steps need; " +
      "the environment may have them: no file of the project says what is in it",
    hint: "Make sure that the environment has them, and add them to requirements.txt",
    details: [
      "src/my_project/nodes.py:2:1 The code imports polars",
      'src/my_project/nodes.py:3:1 The code imports requets (did you mean "requests"?)',
      "src/my_project/nodes.py:4:1 The code imports sklearn",
      "src/my_project/nodes.py:9:5 The code imports plotly",
    ],
    place: { file: "requirements.txt", line: 1, column: 1 },
    jobs: ["main"],
  }]);
  const one = { "/requirements.txt": REQUIREMENTS, "nodes.py": "import polars\n" };
  const [single] = await findings("environment.package", { files: one });
  equal(
    single!.hint,
    "Make sure that the environment has it, and add it to requirements.txt",
  );
});

const DEFINED = {
  "/azure/env.yml": "name: env\nimage: python:3.11\nconda_file: conda.yml\n",
};

Deno.test("validate only warns about a missing package of an uncalled function", async () => {
  const conda = (pip: string) => `dependencies:\n  - python=3.11\n  - pip:\n${pip}`;
  const files = {
    ...DEFINED,
    "/azure/conda.yml": conda("    - kedro-azureml-pipeline==0.1.0\n    - pandas\n"),
    "nodes.py": "import polars\n\ndef train(): ...\n\ndef plot():\n    import plotly\n",
  };
  const found = await findings("environment.package", { files });
  deepEqual(found.map(({ severity, message, hint }) => [severity, message, hint]), [
    [
      "error",
      "The code imports polars, which azure/conda.yml does not install",
      "Add `polars` to azure/conda.yml",
    ],
    [
      "warning",
      "The code imports plotly, which azure/conda.yml does not install, unless no step calls plot(), which imports it",
      "Add `plotly` to azure/conda.yml",
    ],
  ]);
  const without = { ...files, "/azure/conda.yml": conda("    - pandas\n"), "nodes.py": "" };
  deepEqual(await findings("environment.package", { files: without }), [{
    severity: "error",
    code: "environment.package_missing",
    message: "Every step runs kedro-azureml-pipeline, which azure/conda.yml does not install",
    hint: "Add `kedro-azureml-pipeline==0.1.0` to azure/conda.yml",
    place: { file: "azure/conda.yml", line: 1, column: 1 },
    jobs: ["main"],
  }]);
});

Deno.test("validate names the file that lacks the plugin once, as the place", async () => {
  const files = { "/requirements.txt": "kedro==1.0.0\n" };
  const [found] = await findings("environment.package", { files });
  deepEqual([found?.details, found?.place], [
    ["Every step runs kedro-azureml-pipeline"],
    { file: "requirements.txt", line: 1, column: 1 },
  ]);
  deepEqual(await findings("environment.package", { files, addsPlugin: true }), []);
});

Deno.test("validate rejects a missing package of a dataset class", async () => {
  const files = {
    ...DEFINED,
    "/azure/conda.yml": "dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n",
    "__init__.py": "import jaxx_tools\n",
    "nodes.py": "def train():\n    import polars\n",
    "datasets.py": "import pandas\n\nclass Rides: ...\n",
  };
  const found = await findings("environment.package", {
    files,
    catalog: { rides: { type: "my_project.datasets.Rides" } },
  });
  deepEqual(found.map(({ severity, message, hint, place }) => [severity, message, hint, place?.file]), [
    [
      "error",
      "The code imports pandas, which azure/conda.yml does not install",
      "Add `pandas` to azure/conda.yml",
      "src/my_project/datasets.py",
    ],
    [
      "error",
      "The code imports polars, which azure/conda.yml does not install",
      "Add `polars` to azure/conda.yml",
      "src/my_project/nodes.py",
    ],
    [
      "warning",
      "The code imports jaxx_tools, which azure/conda.yml does not install, unless another package has module jaxx_tools",
      "Add `jaxx-tools` to azure/conda.yml",
      "src/my_project/__init__.py",
    ],
  ]);
});

Deno.test("validate names the package of a google.cloud module", async () => {
  const importing = (requirement: string) =>
    findings("environment.package", {
      files: {
        ...DEFINED,
        "/azure/conda.yml": `dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n    - ${requirement}\n`,
        "nodes.py": "from google.cloud import bigquery\nimport google.auth\n",
      },
    });
  deepEqual(await importing("google-cloud-bigquery"), []);
  const hints = (await importing("pandas")).map(({ message, hint }) => [message.split(",")[0], hint]);
  deepEqual(hints, [
    ["The code imports google.cloud.bigquery", "Add `google-cloud-bigquery` to azure/conda.yml"],
    ["The code imports google.auth", "Add `google-auth` to azure/conda.yml"],
  ]);
});

Deno.test("validate lists imported packages if no file defines the environment", async () => {
  const files = {
    "nodes.py": "import json\nimport sklearn.svm\nimport pandas\nimport kedro\nimport sklear\nimport tqd\n" +
      "try:\n    import duckdb\nexcept ImportError: ...\ndef later():\n    import scipy\n",
  };
  deepEqual(await findings("environment", { files }), [{
    severity: "note",
    code: "environment.plugin",
    message: "No file of the project lists the packages of the environment, which must have " +
      "kedro-azureml-pipeline 0.1.0, pandas, scipy, sklear, sklearn, tqd",
    jobs: ["main"],
  }]);
});

Deno.test("validate reports conda file lines that pip rejects", async () => {
  const found = async (lines: string) =>
    (await findings("environment", {
      files: { ...DEFINED, "/azure/conda.yml": `dependencies:\n${lines}` },
    })).map(({ severity, code, hint, place }) => [severity, code, hint, place?.line]);
  deepEqual(await found("  - pip\n      - kedro-azureml-pipeline\n      - kedro<2\n"), [
    ["error", "environment.requirement", "Write `- pip:`", 2],
  ]);
  deepEqual(await found("  - pip:\n    - kedro-azureml-pipeline\n    - pandas=>2\n"), [
    ["error", "environment.requirement", "Write `pandas>=2`", 4],
  ]);
  deepEqual(await found("  - pip:\n    - kedro-azureml-pipeline\n    - pandas >=2.2,<2\n"), [
    ["error", "environment.requirement", "Correct the versions", 4],
  ]);
  deepEqual(await found("  - pip:\n    - kedro<2\n    - kedro-azureml-pipelin==0.1.0\n"), [[
    "warning",
    "environment.package_missing",
    'Did you mean "kedro-azureml-pipeline" instead of "kedro-azureml-pipelin"? Correct it in azure/conda.yml',
    4,
  ]]);
});

Deno.test("validate requires azureml-mlflow in the environment if the code uses MLflow", async () => {
  const conda = "dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n    - mlflow\n";
  const files = { ...DEFINED, "/azure/conda.yml": conda, "nodes.py": "\nimport mlflow\n" };
  const found = await findings("environment.package", { files });
  deepEqual(found.map(({ hint, place }) => [hint, place?.line]), [[
    "Add `azureml-mlflow>=1.62` to azure/conda.yml",
    2,
  ]]);
  deepEqual(await findings("environment.package", { files: { ...files, "nodes.py": "" } }), []);
  const optional = "try:\n    import mlflow\nexcept ImportError:\n    mlflow = None\n";
  deepEqual(await findings("environment.package", { files: { ...files, "nodes.py": optional } }), []);
  const hooks = { ...files, "/azure/conda.yml": `${conda}    - kedro-mlflow\n`, "nodes.py": "" };
  const [ofHooks] = await findings("environment.package", { files: hooks });
  deepEqual([ofHooks!.hint, ofHooks!.place], [found[0]!.hint, undefined]);
  const kept = { ...files, "/azure/conda.yml": `${conda}    - azureml-mlflow\n` };
  deepEqual(await findings("environment.package", { files: kept }), []);
});

Deno.test("validate warns about azureml-mlflow for another MLflow", async () => {
  const hints = async (...packages: string[]) => {
    const pip = packages.map((line) => `    - ${line}\n`).join("");
    const conda = `dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n${pip}`;
    const found = await findings("environment.mlflow", { files: { ...DEFINED, "/azure/conda.yml": conda } });
    return found.map(({ hint, severity, place }) => [severity, hint, place?.line]);
  };
  const [old, high] = ["azureml-mlflow>=1.62", "mlflow<=3.15.0"].map((line) =>
    `Require \`${line}\` in azure/conda.yml`
  );
  for (const mlflow of [["mlflow==3.5.0"], ["mlflow>=2"], [], ["kedro-mlflow"]]) {
    deepEqual(await hints("azureml-mlflow==1.57.0", ...mlflow), [["warning", old, 4]], mlflow[0]);
  }
  deepEqual(await hints("azureml-mlflow~=1.60.0", "mlflow>=3,<4"), [["warning", old, 4]]);
  deepEqual(await hints("azureml-mlflow", "mlflow>=3.16"), [["warning", high, 5]]);
  deepEqual(await hints("azureml-mlflow>=1.62", "mlflow-skinny==3.17.2"), [["warning", high, 5]]);
  for (
    const fine of [
      ["azureml-mlflow==1.57.0", "mlflow<3"],
      ["azureml-mlflow==1.57.0", "mlflow==2.14.1"],
      ["azureml-mlflow==1.57.0", "mlflow==3.1.1"],
      ["azureml-mlflow==1.57.0", "kedro-mlflow~=1.0"],
      ["azureml-mlflow==1.61.0", "mlflow>=3"],
      ["azureml-mlflow>=1.60", "mlflow~=3.5"],
      ["azureml-mlflow", "mlflow~=2.9"],
      ["azureml-mlflow", "mlflow"],
      ["mlflow==3.17.2"],
    ]
  ) deepEqual(await hints(...fine), [], fine.join());
});

Deno.test("validate warns about images of an unsupported Ubuntu", async () => {
  const image = (name: string) => `name: env\nimage: ${name}\nconda_file: conda.yml\n`;
  const conda = "dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n";
  const messages = async (environment: string, files: Record<string, string> = {}) =>
    (await findings("environment.image", { files, spec: { environment } })).map((
      { message, hint, place },
    ) => [
      message,
      hint,
      place?.file,
    ]);
  const old = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04";
  const said =
    `Image "${old}" is based on Ubuntu 20.04, which Azure ML has not supported since May 2025; jobs may fail`;
  const use = "Use `mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest`";
  deepEqual(await messages(old), [[said, use, "conf/base/azureml.yml#execution.environment"]]);
  deepEqual(await messages("env@latest", { "/azure/env.yml": image(old), "/azure/conda.yml": conda }), [
    [said, use, "azure/env.yml"],
  ]);
  for (
    const [environment, since] of [
      [
        "azureml:AzureML-sklearn-1.0-ubuntu20.04-py38-cpu@latest",
        "20.04, which Azure ML has not supported since May 2025",
      ],
      ["azureml://registries/azureml/environments/sklearn-1.0/versions/1", "20.04, which"],
      [
        "mcr.microsoft.com/azureml/intelmpi2018.3-ubuntu16.04:20210101",
        "16.04, which Azure ML has not supported since April 2021",
      ],
    ] as const
  ) {
    const [[message]] = await messages(environment) as [[string]];
    equal(message.includes(since), true, message);
  }
  for (
    const fine of [
      "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest",
      "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
      "me.azurecr.io/shop-ubuntu20.04:1",
    ]
  ) deepEqual(await messages(fine), [], fine);
});

Deno.test("validate reports a missing package of several datasets once", async () => {
  const conda = "dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n    - kedro-datasets\n    - pandas\n";
  const files = { ...DEFINED, "/azure/conda.yml": conda };
  const catalog = {
    unused: { type: "polars.CSVDataset", filepath: "s3://b/x.csv" },
    plain: { type: "pandas.CSVDataset", filepath: "data/x.csv" },
  };
  const found = await findings("environment.package", { files, catalog });
  deepEqual(found.map(({ message, hint }) => [message, hint]), [[
    '"polars.CSVDataset" of dataset "unused" imports polars, which azure/conda.yml does not install',
    "Require `kedro-datasets[polars-csvdataset]` in azure/conda.yml, or add `polars`",
  ]]);
  const twice = { ...catalog, other: { type: "polars.CSVDataset", filepath: "x.csv" } };
  deepEqual(await findings("environment.package", { files, catalog: twice }), found);
});

for (
  const [type, args, provider] of [
    ["pandas.ExcelDataset", { filepath: "x.xlsx" }, "openpyxl"],
    ["pandas.ExcelDataset", { filepath: "x.xlsx", load_args: { engine: "calamine" } }, undefined],
    ["pandas.ExcelDataset", { filepath: "x.xls" }, undefined],
    ["pandas.XMLDataset", { filepath: "x.xml" }, "lxml"],
    ["pandas.XMLDataset", { filepath: "x.xml", load_args: { parser: "etree" } }, undefined],
    ["pandas.CSVDataset", { filepath: "https://example.com/x.csv" }, undefined],
    ...["abfs", "abfss", "az", "adl"].map((protocol) =>
      ["pandas.CSVDataset", { filepath: `${protocol}://b/x.csv` }, "adlfs"] as const
    ),
    ...["s3", "s3a"].map((protocol) =>
      ["pandas.CSVDataset", { filepath: `${protocol}://b/x.csv` }, "s3fs"] as const
    ),
    ...["gs", "gcs"].map((protocol) =>
      ["pandas.CSVDataset", { filepath: `${protocol}://b/x.csv` }, "gcsfs"] as const
    ),
  ] as const
) {
  Deno.test(`validate requires ${provider ?? "no other package"} for ${type} with ${JSON.stringify(args)}`, async () => {
    const packages = ["kedro-azureml-pipeline", "kedro-datasets[pandas-csvdataset]"];
    const conda = `dependencies:\n  - pip:\n${packages.map((name) => `    - ${name}\n`).join("")}`;
    const found = await findings("environment.package", {
      files: { ...DEFINED, "/azure/conda.yml": conda },
      catalog: { x: { type, credentials: {}, ...args } },
      spec: { steps: [{ ...stepReading("x"), node: "train" }] },
    });
    deepEqual(
      found,
      provider === undefined ? [] : [{
        severity: "error",
        code: "environment.package_missing",
        message: `"${type}" of dataset "x" needs ${provider}, which azure/conda.yml does not install`,
        hint: `Add \`${provider}\` to azure/conda.yml`,
        place: placeIn("catalog.yml", ["x", "type"]),
        jobs: ["main"],
      }],
    );
  });
}

Deno.test("validate suggests the name of a misspelled package", async () => {
  const conda = "dependencies:\n  - pip:\n    - kedro-azureml-pipeline\n    - polrs\n";
  const files = {
    ...DEFINED,
    "/azure/conda.yml": conda,
    "nodes.py": "import polars\nimport numpi\nimport jaxx\n",
  };
  const found = await findings("environment.package", { files });
  deepEqual(found.map(({ message, hint }) => [message.split(",")[0], hint]), [
    ["The code imports polars", 'Is "polrs" in azure/conda.yml meant to be `polars`?'],
    [
      'The code imports numpi (did you mean "numpy"?)',
      "Correct the import, or add `numpi` to azure/conda.yml",
    ],
    ["The code imports jaxx", "Add `jaxx` to azure/conda.yml"],
  ]);
});

Deno.test("validate reports Kedro 0 without other problems", async () => {
  const files = { "/requirements.txt": "kedro==0.19.9\n", "nodes.py": "import polars\n" };
  const catalog = { x: { type: "pandas.CSVDataSet", filepath: "x" } };
  const warnings = [{ code: "kedro.old", message: "kedro 0.19.9 is too old" }];
  const found = await findings("", { files, catalog, warnings });
  deepEqual(found.map(({ severity, code }) => `${severity} ${code}`), ["error kedro.old"]);
});

/** The warning about a pipeline that Kedro left out. */
const leftOut = (reason: string) => ({
  code: "kedro.pipeline_left_out",
  message: `Kedro left out the pipelines of "my_project.pipelines.prep": ${reason}`,
  place: { file: "src/my_project/pipelines/prep.py", line: 8 },
});

/** Code that registers the default pipeline. */
const registering = (pipeline = "sum(pipelines.values())") => ({
  ...subject().source,
  placeOf: (pattern: RegExp) =>
    pattern.test(`pipelines["__default__"] = ${pipeline}`) ? { file: "src/registry.py" } : undefined,
});

Deno.test("validate rejects a job whose pipeline Kedro left out", () => {
  const severityOf = (reason: string, pipeline_name: string, registry?: string) => {
    const pipeline = { ...config().jobs.main!.pipeline, pipeline_name };
    const one = subject({ warnings: [leftOut(reason)], job: { pipeline }, source: registering(registry) });
    return runChecks(one, OFFLINE_CHECKS).find(({ code }) => code === "kedro.pipeline_left_out")!.severity;
  };
  for (
    const [reason, isMistake] of [
      ["SyntaxError: invalid syntax", true],
      ["ModuleNotFoundError: No module named 'my_project.nodse'", true],
      ["ImportError: cannot import name 'clean' from 'my_project.nodes' (src/my_project/nodes.py)", true],
      ["ModuleNotFoundError: No module named 'my_project_tools'", false],
      ["ImportError: cannot import name 'Series' from 'pandas'", false],
      ["ValueError: not ready", false],
    ] as const
  ) {
    const severities = ["__default__", "prep", "fit"].map((pipeline) => severityOf(reason, pipeline));
    deepEqual(severities, isMistake ? ["error", "error", "warning"] : Array(3).fill("warning"), reason);
  }
  equal(
    severityOf(
      "SyntaxError: invalid syntax",
      "__default__",
      "clean.create_pipeline() + fit.create_pipeline()",
    ),
    "warning",
  );
});

Deno.test("validate names the left-out pipeline as the cause of other errors", async () => {
  const warnings = [leftOut("IndentationError: unexpected indent")];
  const from = { kind: "undeclared", path: "table", type: "uri_file" } as const;
  const inputs = [{ name: "table", dataset: "table", type: "string", from } as const];
  const specs = [spec({ steps: [{ ...STEP, inputs }] })];
  const one = subject({ warnings, specs, source: registering() });
  const pipelines = {
    __default__: {
      nodes: [{ name: "train", func: "my_project.nodes:train", inputs: ["table"], outputs: [] }],
    },
  };
  const found = runChecks({ ...one, snapshot: { catalog: {}, pipelines } as never }, OFFLINE_CHECKS);
  const hint =
    "This may follow from the pipeline that Kedro left out: first correct src/my_project/pipelines/prep.py:8";
  const errors = found.filter(({ severity }) => severity === "error").toReversed();
  deepEqual(mergeFindings(errors.map(afterLeftOut(one))).map(({ code, hint }) => [code, hint]), [
    [
      "kedro.pipeline_left_out",
      "Correct it; to run without these nodes, add `--allow kedro.pipeline_left_out`",
    ],
    ["submit.undeclared_input", hint],
  ]);
});

Deno.test("validate rejects an environment with an old Python or Kedro", async () => {
  const files = {
    ...DEFINED,
    "/azure/conda.yml":
      "dependencies:\n  - python=3.10\n  - pip:\n    - kedro-azureml-pipeline\n    - kedro<1\n",
  };
  const found = await findings("environment", { files });
  const finding = (code: string, line: number, column: number, message: string, hint: string) => ({
    severity: "error",
    code,
    message,
    hint,
    place: { file: "azure/conda.yml", line, column },
    jobs: ["main"],
  });
  deepEqual(found.filter(({ code }) => code.endsWith("_version")), [
    finding(
      "environment.python_version",
      2,
      5,
      "azure/conda.yml installs Python 3.10; kedro-azureml-pipeline 0.1.0 needs 3.11 or newer",
      "Use `python=3.11`",
    ),
    finding(
      "environment.kedro_version",
      5,
      7,
      "azure/conda.yml requires kedro<1; kedro-azureml-pipeline 0.1.0 needs Kedro 1.2",
      "Require `kedro~=1.2`",
    ),
  ]);
  const two = { "/requirements.txt": REQUIREMENTS, "/src/requirements.txt": "kedro<1\n" };
  deepEqual(
    (await findings("environment.kedro_version", { files: two })).map(({ message, place }) => [
      message.split(" ")[0],
      place?.file,
    ]),
    [["src/requirements.txt", "src/requirements.txt"]],
  );
  const oldest = { ...files, "/azure/conda.yml": files["/azure/conda.yml"].replace("3.10", "3.11") };
  deepEqual(await findings("environment.python", { files: oldest }), []);
  const doubtful = { "/requirements.txt": `${REQUIREMENTS}kedro==0.19.9\n` };
  const [kedro] = await findings("environment.kedro_version", { files: doubtful });
  const newer = { ...DEFINED, "/azure/conda.yml": "dependencies: [pip: [kedro-azureml-pipeline==9.9]]\n" };
  deepEqual((await findings("environment.plugin_version", { files: newer })).map(({ message }) => message), [
    "azure/conda.yml requires kedro-azureml-pipeline==9.9; jobs are made for kedro-azureml-pipeline 0.1.0",
  ]);
  const getindata = { ...DEFINED, "/azure/conda.yml": "dependencies: [pip: [kedro-azureml==0.9.0]]\n" };
  deepEqual(
    (await findings("environment.package", { files: getindata })).map((
      { severity, hint },
    ) => [severity, hint]),
    [
      [
        "error",
        'Did you mean "kedro-azureml-pipeline" instead of "kedro-azureml"? Correct it in azure/conda.yml',
      ],
    ],
  );
  equal(kedro!.severity, "warning");
  match(kedro!.message, /; the environment may have another: no file of the project says what is in it$/);
});

Deno.test("validate says to set `environment` to the pushed version", async () => {
  const place = { file: "conf/base/azureml.yml", line: 9 };
  const own = { file: "environment/environment.yml", name: "shop", requirements: [] };
  const condaFile = "dependencies:\n  - pip:\n    - rich\n";
  const given = { name: "shop:7", image: undefined, condaFile, place, own };
  const toDo = async (isPinned: boolean) =>
    (await azureEnvironment(fakeContext(), "/p", { ...given, isPinned }))?.change?.then;
  equal(await toDo(false), ", then run `kedro-azureml environment push`");
  equal(
    await toDo(true),
    ", then run `kedro-azureml environment push`, and set `environment` to the version that it prints",
  );
});

Deno.test("validate rejects Kedro 1.0 and 1.1", async () => {
  const reported = async (kedro: string) => {
    const conda = `dependencies:\n  - python=3.11\n  - pip:\n    - kedro-azureml-pipeline\n    - ${kedro}\n`;
    return (await findings("environment.kedro_version", { files: { ...DEFINED, "/azure/conda.yml": conda } }))
      .length;
  };
  for (const old of ["kedro==1.0.0", "kedro~=1.1.0", "kedro>=1.0,<1.2", "kedro==1.1.2", "kedro>=2"]) {
    equal(await reported(old), 1, old);
  }
  const fitting = [
    ...[
      "kedro~=1.0",
      "kedro==1.2.0",
      "kedro==1.7.0",
      "kedro>=1.1",
      "kedro==1.7.2",
      "kedro~=1.7.2",
      "kedro>=1.22",
    ],
    ...["kedro>1.7.2,<1.7.4", "kedro==1.7.*", "kedro>=1.2,!=1.2.*,<1.5", "kedro<2", "kedro>=1.7.2,<1.8"],
  ];
  for (const fits of fitting) equal(await reported(fits), 0, fits);
});

/** Reports on a dataset of the class `my_project.datasets.Rides`, with arguments. */
async function ofClass(files: Readonly<Record<string, string>>, args: Readonly<Record<string, Json>>) {
  const catalog = { rides: { type: "my_project.datasets.Rides", ...args } };
  return (await findings("dataset", { files, catalog })).map(({ code, message, hint }) => ({
    code,
    message,
    hint,
  }));
}

const RIDES = "class Rides(AbstractDataset):\n    def __init__(self, filepath, separator=','): ...\n";

Deno.test("validate checks arguments of the project's dataset classes", async () => {
  const files = { "datasets.py": RIDES };
  deepEqual(await ofClass(files, { filepath: "x", separator: ";" }), []);
  deepEqual((await ofClass(files, { filepath: "x", seperator: ";" })).map(({ code, hint }) => [code, hint]), [
    ["dataset.unknown_argument", 'Did you mean "separator"?'],
  ]);
  deepEqual((await ofClass(files, { separator: ";" })).map(({ message }) => message), [
    '"my_project.datasets.Rides" of dataset "rides" needs "filepath"',
  ]);
});

Deno.test("validate finds inherited arguments of the project's dataset classes", async () => {
  const inherited = "class Base:\n    def __init__(self, filepath): ...\n\nclass Rides(Base):\n    pass\n";
  equal((await ofClass({ "datasets.py": inherited }, { other: 1, filepath: "x" })).length, 1);
  const deep = `${
    inherited.replace("class Rides(Base)", "class A(Base)")
  }\nclass B(A): ...\nclass Rides(B): ...\n`;
  equal((await ofClass({ "datasets.py": deep }, { other: 1, filepath: "x" })).length, 1);
  const imported = { "datasets.py": "from .deep import Rides\n", "deep.py": RIDES };
  equal((await ofClass(imported, { filepath: "x", other: 1 })).length, 1);
  const known = {
    "datasets.py": "from kedro_datasets.pandas import CSVDataset as Other\n" +
      "from kedro_datasets.pandas import CSVDataset\n\nclass Rides(CSVDataset):\n    pass\n",
  };
  deepEqual((await ofClass(known, { filepath: "x", load_args: {} })).length, 0);
  equal((await ofClass(known, { filepath: "x", lod_args: {} }))[0]!.hint, 'Did you mean "load_args"?');
});

const PACKAGE = "src/my_project/__init__.py";
const HELPERS = { "nodes.py": "from my_project import helpers\n", "helpers.py": "" };

Deno.test("validate reports imported modules outside the upload", async () => {
  const code = selection([PACKAGE, "src/my_project/nodes.py"], {
    leftOut: [{
      name: "src/my_project/helpers.py",
      reason: ".amlignore",
      pattern: "helpers.py",
      place: { file: ".amlignore", line: 3, column: 1 },
    }],
  });
  const start =
    "Module my_project.helpers is imported by steps, but src/my_project/helpers.py is not uploaded";
  deepEqual(await findings("code.module_not", { files: HELPERS, code }), [{
    severity: "error",
    code: "code.module_not_uploaded",
    message: `${start}: excluded by .amlignore:3:1 (helpers.py)`,
    hint: "Change line 3 of .amlignore",
    place: { file: ".amlignore", line: 3, column: 1 },
    jobs: ["main"],
  }]);
  const messages = async (code: Subject["code"]) =>
    (await findings("code.module_not", { files: HELPERS, code })).map(({ message, hint }) => [message, hint]);
  deepEqual(await messages(selection([PACKAGE, "src/my_project/nodes.py"])), [
    [start, "Add `!src/my_project/helpers.py` to .amlignore"],
  ]);
  const leftOut = [{
    name: "src/my_project/helpers.py",
    reason: "link to outside the code folder",
    target: "/x",
  }];
  deepEqual(await messages(selection([PACKAGE, "src/my_project/nodes.py"], { leftOut })), [
    [`${start}: excluded as link to outside the code folder`, "Add `--allow-outside /x` if the job needs it"],
  ]);
});

Deno.test("validate reports no missing modules if no code is uploaded", async () => {
  const all = [PACKAGE, "src/my_project/nodes.py", "src/my_project/helpers.py"];
  const found = async (names: readonly string[], project?: Parts["project"]) =>
    (await findings("code.module_not", {
      files: HELPERS,
      code: selection(names),
      ...(project && { project }),
    }))
      .length;
  deepEqual([await found(all), await found(["README.md"])], [0, 0]);
  deepEqual([await found([PACKAGE]), await found([PACKAGE], { folder: "../other" })], [2, 0]);
});

Deno.test("validate ignores modules missing in optional imports and cli.py", async () => {
  const own = "from my_project import gone\n";
  const files = {
    "nodes.py": "try:\n    from my_project import extra\nexcept ImportError:\n    extra = None\n\n" +
      "def other():\n    from my_project import late\n",
    "extra.py": own,
    "hooks.py": own,
    "cli.py": "import my_project.gone.too\n",
    "late.py": "",
  };
  const code = selection(["src/my_project/__init__.py", "src/my_project/nodes.py"]);
  const severities = async (change: Partial<Parts>) =>
    (await findings("code.mod", { files, code, ...change })).map(({ severity, message }) =>
      `${severity} ${message.replace(/,.*/s, "")}`
    );
  deepEqual(await severities({}), [
    "warning Module my_project.late may be imported by steps",
  ]);
  const bad = { files: { "nodes.py": own } };
  deepEqual(await severities(bad), ["error The code imports my_project.gone"]);
  deepEqual(await severities({ ...bad, code: undefined }), ["warning The code imports my_project.gone"]);
});

Deno.test("validate suggests the name of a misspelled project module", async () => {
  const files = {
    "nodes.py":
      "from my_project import helprs\n\ndef train():\n    import my_project.late_feature_store\n\n" +
      "def other():\n    import my_project.unwritten_reports\n",
    "helpers.py": "",
  };
  const found = await findings("code.module_missing", { files, code: selection(["x"]) });
  const lack = "which the project does not have";
  deepEqual(found.map(({ severity, message, hint, place }) => [severity, message, hint, place?.line]), [
    ["error", `The code imports my_project.helprs, ${lack}`, 'Did you mean "my_project.helpers"?', 1],
    ["error", `The code imports my_project.late_feature_store, ${lack}`, "Correct the import, or add it", 4],
    [
      "warning",
      `The code imports my_project.unwritten_reports, ${lack}, if a step calls other()`,
      "Correct the import, or add it",
      7,
    ],
  ]);
});
