import { deepEqual, match } from "node:assert/strict";
import { storageAccounts } from "../../../src/azureml/checks/dataset_paths.ts";
import { type Finding, findingLines } from "../../../src/azureml/checks/finding.ts";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import type { Subject } from "../../../src/azureml/checks/subject.ts";
import { UserError } from "../../../src/core/errors.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import {
  config,
  FILES,
  placeIn,
  selection,
  spec,
  STEP,
  stepReading,
  stepsSharing,
  subject,
} from "./subject.ts";

const MIB = 1024 * 1024;
const place = { file: "conf/base/catalog.yml", line: 7, column: 3 };
const CSV = { type: "pandas.CSVDataset", filepath: "data/x.csv" };
const PIPELINE_DATASET = {
  type: "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset",
  dataset: { type: "pickle.PickleDataset", filepath: "x.pkl" },
};
const undeclared = { kind: "undeclared", path: "azureml:lost", type: "uri_folder" } as const;
const slack = { slack: { webhook_env: "HOOK", events: ["start"], payload: "my_project.notify:text" } };
const without = (...names: string[]) => FILES.filter((name) => !names.includes(name));

/** The expected finding of each subject. */
const cases: Readonly<Record<string, readonly [expected: string, Subject]>> = {
  "a job without steps": ["error submit.no_steps", subject({ specs: [spec({ steps: [] })] })],
  "a missing environment": [
    "error submit.no_environment",
    subject({ specs: [spec({ environment: undefined })] }),
  ],
  "an invalid step name": [
    "error submit.step_name",
    withStep({ key: "élan", node: "Élan" }),
  ],
  "an input without a step to write it": [
    "error submit.undeclared_input",
    withStep({ inputs: [{ name: "lost", dataset: "lost", type: "uri_folder", from: undeclared }] }),
  ],
  "an invalid experiment name in mlflow.yml": [
    "error job.experiment_name",
    subject({ specs: [spec({ experimentName: "-x" })] }),
  ],
  "a display name of 257 characters": [
    "error job.long_text",
    subject({ specs: [spec({ displayName: "x".repeat(257) })] }),
  ],
  "a job above the size limit": [
    "error job.too_large",
    subject({
      specs: [
        spec({
          steps: Array.from({ length: 40 }, (_, at) => ({
            ...STEP,
            key: `s${at}`,
            node: `s${at}`,
            environmentVariables: { A: "x".repeat(120_000) },
          })),
        }),
      ],
    }),
  ],
  "a timeout shorter than the start of a step": [
    "warning job.short_timeout",
    withStep({ timeoutSeconds: 20 }),
  ],
  "a secret in an environment variable": [
    "warning job.visible_secret",
    withStep({ environmentVariables: { MODE: "fast", DB_PASSWORD: "open sesame" } }),
  ],
  "a secret in a parameter": [
    "warning job.visible_secret",
    withStep({ command: `${STEP.command} --params='{"max_tokens": 7, "api_keys": ["sesame"]}'` }),
  ],
  "an invalid environment": ["error environment.unclear", inEnvironment("my env")],
  "a job without a code folder and working directory": [
    "note environment.start_folder",
    subject({ code: undefined, config: config({ execution: { environment: "e:1" } }) }),
  ],
  "a missing code folder": [
    "error code.no_folder",
    subject({ code: new UserError("Cannot upload it: there is none", { code: "code.no_folder", exit: 3 }) }),
  ],
  "a code folder above the project": [
    "warning code.not_the_project",
    subject({
      code: selection(FILES.map((name) => `p/${name}`)),
      project: { root: "/m/p", folder: "p", packageFolder: "p/src/my_project", packageName: "my_project" },
    }),
  ],
  "code without the project's package": [
    "warning code.no_source",
    uploading([...without("src/my_project/pipeline_registry.py"), "src/my_project_tests/a.py"]),
  ],
  "a missing pyproject.toml": ["error code.no_pyproject", uploading(without("pyproject.toml"))],
  "missing source code": ["error code.no_source", uploading(without("src/my_project/pipeline_registry.py"))],
  "a missing folder of the Kedro environment": [
    "error config.not_uploaded",
    uploading(without("conf/local/.gitkeep")),
  ],
  "a folder of the Kedro environment in another case": [
    "error config.case",
    uploading(FILES.map((name) => name.replace("conf/local", "conf/Local"))),
  ],
  "an excluded configuration file": [
    "warning config.file_not_uploaded",
    subject({
      code: selection(FILES, {
        leftOut: [{
          name: "conf/local/globals.yml",
          reason: ".amlignore",
          place: { file: ".amlignore", line: 4 },
        }],
        ignoreFile: ".amlignore",
      }),
      conf: { files: ["conf/base/azureml.yml", "conf/local/globals.yml", "conf/local/credentials.yml"] },
    }),
  ],
  "code of 150 MiB": ["warning code.large", uploading({ ...sizes(), "data/x": 150 * MIB })],
  "code of 301 MiB": ["warning code.snapshot_size", uploading({ ...sizes(), "data/x": 301 * MIB })],
  "code of 2,100 files": [
    "warning code.many_files",
    uploading([...FILES, ...Array.from({ length: 2100 }, (_, at) => `notes/${at}`)]),
  ],
  "a dataset in a local file between steps": [
    "error dataset.local_between_steps",
    subject({ specs: [spec({ steps: stepsSharing("x") })], catalog: { x: CSV } }),
  ],
  "a transcoded dataset in two local files": [
    "error dataset.local_between_steps",
    subject({
      specs: [spec({ steps: stepsSharing("x@a", "x@b") })],
      catalog: { "x@a": CSV, "x@b": { ...CSV, filepath: "data/other.csv" } },
    }),
  ],
  "a dataset in memory between steps": [
    "error dataset.local_between_steps",
    subject({ specs: [spec({ steps: stepsSharing("x") })], catalog: { x: { type: "MemoryDataset" } } }),
  ],
  "a cached dataset between steps": [
    "error dataset.local_between_steps",
    subject({
      specs: [spec({ steps: stepsSharing("x") })],
      catalog: { x: { type: "CachedDataset", dataset: { ...PIPELINE_DATASET } } },
    }),
  ],
  "a data asset from a factory": [
    "warning dataset.factory_not_mounted",
    subject({
      specs: [spec({ steps: [stepReading("x_data")] })],
      catalog: {
        x_data: {
          ...PIPELINE_DATASET,
          type: "kedro_azureml_pipeline.datasets.AzureMLAssetDataset",
          azureml_dataset: "x",
        },
      },
      conf: { factoryOf: () => "{name}_data" },
    }),
  ],
  "a transcoded dataset without an entry in the catalog": [
    "error dataset.transcoded",
    subject({
      specs: [spec({ steps: stepsSharing("x@spark", "x@pandas") })],
      catalog: { "x@spark": { type: "spark.SparkDataset", filepath: "s3://x" } },
    }),
  ],
  "an input file excluded by an ignore file": [
    "error dataset.not_uploaded",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: CSV },
      code: withoutData(),
    }),
  ],
  "an input file excluded by no line of an ignore file": [
    "error dataset.not_uploaded",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: CSV },
      code: selection(FILES, { leftOut: [{ name: "data/x.csv", reason: "a cache" }] }),
    }),
  ],
  "a dataset of Azure ML with an excluded file": [
    "error dataset.not_uploaded",
    subject({
      specs: [spec({ steps: [stepReading("x")], pipelineName: "train" })],
      catalog: { x: PIPELINE_DATASET },
      pipelines: {
        prep: { nodes: [{ name: "enrich", outputs: ["x@pickle"] }] },
        train: { nodes: [{ name: "fit", outputs: ["y"] }] },
      } as never,
      code: withoutData(),
    }),
  ],
  "a dataset of Azure ML with a missing file": [
    "error dataset.not_uploaded",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: {
        x: {
          ...PIPELINE_DATASET,
          root_dir: "in",
          filepath_arg: "path",
          dataset: { type: "partitions.PartitionedDataset", path: "./a", dataset: "pandas.CSVDataset" },
        },
      },
    }),
  ],
  "an output in a local file": [
    "warning dataset.output_lost",
    subject({ specs: [spec({ steps: stepsSharing("x").slice(0, 1) })], catalog: { x: CSV } }),
  ],
  "credentials in an excluded file": [
    "error dataset.credentials",
    subject({
      catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
      conf: { credentials: new Map([["db", ["conf/local/credentials.yml"]]]) },
    }),
  ],
  "undefined credentials of a project with hooks": [
    "warning dataset.credentials",
    subject({
      catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
      source: {
        ...subject().source,
        placeOf: (pattern) =>
          pattern.test("def after_context_created(") ? { file: "h.py", line: 3 } : undefined,
      },
    }),
  ],
  "a configuration file with an environment variable of this machine": [
    "warning config.env_not_in_step",
    subject({ conf: { envReferences: [{ variable: "BUCKET", place: { ...place } }] } }),
  ],
  "a webhook variable outside the steps' environment": [
    "warning notification.variable",
    subject({
      config: config({ notifications: slack }),
      job: { notifications: "slack" },
      code: selection([...FILES, "src/my_project/notify.py"]),
    }),
  ],
  "a missing payload function for notifications": [
    "warning notification.payload",
    subject({
      config: config({ notifications: slack }),
      job: { notifications: "slack" },
      passedVariables: ["HOOK"],
    }),
  ],
  "an undefined schedule": ["error schedule.unknown", subject({ job: { schedule: "nightly" } })],
  "a schedule with an invalid cron expression": [
    "error schedule.cron",
    subject({
      job: {
        schedule: {
          cron: { expression: "nightly", start_time: null, end_time: null, time_zone: "UTC" },
          recurrence: null,
        },
      },
    }),
  ],
  "uncommitted changes": [
    "note git.dirty",
    subject({
      properties: {
        "mlflow.source.git.commit": "a".repeat(40),
        "mlflow.source.git.branch": "main",
        "azureml.git.dirty": "True",
      },
    }),
  ],
  "a placeholder left by init": [
    "error config.placeholder",
    subject({ warnings: [{ code: "config.placeholder", message: "workspace still is <workspace>" }] }),
  ],
  "a warning of the project reader": [
    "warning kedro.stub",
    subject({ warnings: [{ code: "kedro.stub", message: "torch is replaced by a stub" }] }),
  ],
};

for (const [what, [expected, one]] of Object.entries(cases)) {
  Deno.test(`validate reports ${what}`, async (t) => {
    const found = withoutPluginNote(runChecks(one, OFFLINE_CHECKS));
    deepEqual(found.map(({ severity, code }) => `${severity} ${code}`), [expected]);
    await assertTranscript(t, findingLines(found, []).join("\n"), import.meta.url);
  });
}

const IN_STORAGE = { type: "pandas.ParquetDataset", filepath: "abfss://c@a.dfs.core.windows.net/x" };

/** Subjects without findings. */
const sound: Readonly<Record<string, Subject>> = {
  "a project without problems": subject(),
  "code of exactly 100 MiB": uploading({ ...sizes(), "data/x": 100 * MIB - FILES.length }),
  "datasets mounted between steps": subject({ specs: [spec({ steps: stepsSharing("x") })] }),
  "a dataset in cloud storage": subject({
    specs: [spec({ steps: stepsSharing("x") })],
    catalog: { x: { ...IN_STORAGE, fs_args: { account_name: "a", anon: false } } },
  }),
  "a local file wrapped in AzureMLPipelineDataset between steps": subject({
    specs: [spec({ steps: stepsSharing("x") })],
    catalog: { x: { type: "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset", dataset: CSV } },
  }),
  "a versioned input file inside the upload": subject({
    specs: [spec({ steps: [stepReading("x")] })],
    catalog: { x: CSV },
    code: selection([...FILES, "data/x.csv/2026-01-01/x.csv"]),
  }),
  "a dataset of Azure ML with an uploaded file": subject({
    specs: [spec({ steps: [stepReading("x")] })],
    catalog: { x: { ...PIPELINE_DATASET, root_dir: "./in" } },
    code: selection([...FILES, "in/x.pkl"]),
  }),
  "credentials in an uploaded file": subject({
    catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
    code: selection([...FILES, "conf/base/credentials.yml"]),
    conf: { credentials: new Map([["db", ["conf/base/credentials.yml"]]]) },
  }),
  "variables of the steps' environment or in excluded files": subject({
    passedVariables: ["BUCKET"],
    conf: {
      envReferences: [
        { variable: "BUCKET", place: { file: "conf/base/catalog.yml" } },
        { variable: "AZUREML_RUN_ID", place: { file: "conf/base/catalog.yml" } },
        { variable: "SECRET", place: { file: "conf/local/credentials.yml" } },
      ],
    },
  }),
  "an empty variable with the name of a secret": withStep({ environmentVariables: { DB_PASSWORD: "" } }),
  ...Object.fromEntries(['""', "null", "true", "false", "[]", "{}"].map((value) => {
    const command = `kedro run --params='{"db": {"password": ${value}}}'`;
    return [
      `the parameter db.password: ${value}`,
      withStep({ command }),
    ];
  })),
  "a dataset without an entry, left to the warning of compile": subject({
    warnings: [{ code: "compile.not_in_catalog", message: "x is not in the catalog" }],
  }),
  "a result at an absolute path, perhaps a mount": subject({
    specs: [spec({ steps: stepsSharing("x").slice(0, 1) })],
    catalog: { x: { ...CSV, filepath: "/mnt/x.csv" } },
  }),
  "an image with a digest": inEnvironment(`ghcr.io/me/x@sha256:${"0".repeat(64)}`),
};

for (const [what, one] of Object.entries(sound)) {
  Deno.test(`validate accepts ${what}`, () =>
    deepEqual(withoutPluginNote(runChecks(one, OFFLINE_CHECKS)), []));
}

Deno.test("validate reports the same problem of several jobs once", () => {
  const jobs = [spec({ environment: "env" }), spec({ environment: "env", job: "other" })];
  const found = withoutPluginNote(runChecks(subject({ specs: jobs }), OFFLINE_CHECKS));
  deepEqual(found.map(({ code, jobs }) => [code, jobs]), [["environment.no_version", ["main", "other"]]]);
});

Deno.test("validate names `--aml-env` if it gave an environment without a version", () => {
  const given = subject({ specs: [spec({ environment: "env" })] });
  const written = { ...given, config: config({ execution: { environment: "env" } }) };
  const found = [given, written].map((one) =>
    runChecks(one, OFFLINE_CHECKS).find(({ code }) => code === "environment.no_version")!
  );
  deepEqual(found.map(({ place }) => place?.file), [
    undefined,
    "conf/base/azureml.yml#execution.environment",
  ]);
  match(found[0]!.hint!, /as `--aml-env`/);
  match(found[1]!.hint!, /as `execution.environment`/);
});

/** Returns the findings except the note that every job has. */
function withoutPluginNote(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code }) => code !== "environment.plugin");
}

function inEnvironment(environment: string): Subject {
  return subject({ specs: [spec({ environment })] });
}

/** A job whose only step has these properties, too. */
function withStep(step: Partial<typeof STEP>): Subject {
  return subject({ specs: [spec({ steps: [{ ...STEP, ...step }] })] });
}

function uploading(names: Readonly<Record<string, number>> | readonly string[]): Subject {
  return subject({ code: selection(names) });
}

/** The code of a project whose data is excluded. */
function withoutData() {
  const place = { file: ".amlignore", line: 3 };
  return selection(FILES, { leftOut: [{ name: "data/", reason: ".amlignore", pattern: "data/**", place }] });
}

function sizes(): Record<string, number> {
  return Object.fromEntries(FILES.map((name) => [name, 1]));
}

for (
  const [what, entry, variables] of [
    ["a local dataset", { type: "pandas.ParquetDataset", filepath: "data/x" }, []],
    ["an account in a connection string", { ...IN_STORAGE, fs_args: { connection_string: "c" } }, []],
    ["an unknown class", { ...IN_STORAGE, type: "shop.data.Table" }, []],
    ["an account in a variable of the steps' environment", IN_STORAGE, ["AZURE_STORAGE_ACCOUNT_NAME"]],
    ["a connection string in a variable of the steps' environment", IN_STORAGE, [
      "AZURE_STORAGE_CONNECTION_STRING",
    ]],
    ["credentials", { ...IN_STORAGE, credentials: "lake" }, []],
  ] as const
) {
  Deno.test(`validate needs no account name for ${what}`, () => {
    const one = { ...subject({ specs: [spec()], catalog: { x: entry } }), passedVariables: variables };
    deepEqual(storageAccounts.run(one), []);
  });
}

Deno.test("validate warns about a dataset in cloud storage without an account name", () => {
  for (
    const [filepath, account] of [
      ["abfss://c@lake.dfs.core.windows.net/x", "lake"],
      ["abfs://c/x", "NAME"],
      ["az://c/x", "NAME"],
    ] as const
  ) {
    const catalog = { x: { ...IN_STORAGE, filepath } };
    deepEqual(storageAccounts.run(subject({ specs: [spec()], catalog })), [{
      severity: "warning",
      code: "dataset.no_account",
      message:
        '"x" does not name its storage account, so no step can create it, unless the image sets AZURE_STORAGE_ACCOUNT_NAME: Kedro does not take the account from the path',
      hint:
        `Add \`fs_args: {account_name: ${account}, anon: false}\`, which uses the identity of the compute, or \`credentials\``,
      place: placeIn("catalog.yml", ["x", "filepath"]),
      jobs: ["main"],
    }]);
  }
});

Deno.test("validate warns that code reads a file outside the upload", () => {
  const read = (file: string) => ({ file, place: { file: "src/my_project/settings.py", line: 3 } });
  const one = (project: Partial<Subject["project"]> = {}) => {
    const given = subject({
      code: selection(FILES, {
        leftOut: [{ name: "notes.txt", reason: "cache" }],
        ignoreFile: ".gitignore",
      }),
    });
    return {
      ...given,
      project: { ...given.project, ...project },
      snapshot: { ...given.snapshot, files_read: ["pyproject.toml", "notes.txt", "gone.txt"].map(read) },
    };
  };
  const found = (given: Subject) =>
    runChecks(given, OFFLINE_CHECKS).filter(({ code }) => code === "code.file_not_uploaded");
  const finding = (file: string, why: string) => ({
    severity: "warning",
    code: "code.file_not_uploaded",
    message: `The code reads ${file} when Kedro starts, but the file is not uploaded${why}`,
    hint:
      `Copy .gitignore to .amlignore, which then replaces it for uploads, and add \`!${file}\` there, unless the code also works without it`,
    place: { file: "src/my_project/settings.py", line: 3 },
  });
  deepEqual(found(one()), [finding("notes.txt", ": excluded as cache"), finding("gone.txt", "")]);
  deepEqual(found(one({ folder: "../other" })), [], "the code folder is not the project's");
});
