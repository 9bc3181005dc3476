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

/** Each case has a name, a subject, and the expected finding. */
const cases: readonly [string, Subject, string][] = [
  ["a job without steps", subject({ specs: [spec({ steps: [] })] }), "error submit.no_steps"],
  [
    "a missing environment",
    subject({ specs: [spec({ environment: undefined })] }),
    "error submit.no_environment",
  ],
  [
    "an invalid step name",
    subject({ specs: [spec({ steps: [{ ...STEP, key: "élan", node: "Élan" }] })] }),
    "error submit.step_name",
  ],
  [
    "an input without a step to write it",
    subject({
      specs: [
        spec({
          steps: [{
            ...STEP,
            inputs: [{ name: "lost", dataset: "lost", type: "uri_folder", from: undeclared }],
          }],
        }),
      ],
    }),
    "error submit.undeclared_input",
  ],
  [
    "an invalid experiment name in mlflow.yml",
    subject({ specs: [spec({ experimentName: "-x" })] }),
    "error job.experiment_name",
  ],
  [
    "a display name of 257 characters",
    subject({ specs: [spec({ displayName: "x".repeat(257) })] }),
    "error job.long_text",
  ],
  [
    "a too large job",
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
    "error job.too_large",
  ],
  [
    "a timeout shorter than the start of a step",
    subject({ specs: [spec({ steps: [{ ...STEP, timeoutSeconds: 20 }] })] }),
    "warning job.short_timeout",
  ],
  [
    "a secret in an environment variable",
    subject({
      specs: [
        spec({ steps: [{ ...STEP, environmentVariables: { MODE: "fast", DB_PASSWORD: "open sesame" } }] }),
      ],
    }),
    "warning job.visible_secret",
  ],
  [
    "a secret in a parameter",
    subject({
      specs: [
        spec({
          steps: [{
            ...STEP,
            command: `${STEP.command} --params='{"max_tokens": 7, "api_keys": ["sesame"]}'`,
          }],
        }),
      ],
    }),
    "warning job.visible_secret",
  ],
  ["an invalid environment", inEnvironment("my env"), "error environment.unclear"],
  [
    "a job with neither a code folder nor a working directory",
    subject({ code: undefined, config: config({ execution: { environment: "e:1" } }) }),
    "note environment.start_folder",
  ],
  [
    "a missing code folder",
    subject({ code: new UserError("Cannot upload it: there is none", { code: "code.no_folder", exit: 3 }) }),
    "error code.no_folder",
  ],
  [
    "a code folder above the project",
    subject({
      code: selection(FILES.map((name) => `p/${name}`)),
      project: { root: "/m/p", folder: "p", packageFolder: "p/src/my_project", packageName: "my_project" },
    }),
    "warning code.not_the_project",
  ],
  [
    "only the source of a package with a longer name for an image of unknown contents",
    uploading([...without("src/my_project/pipeline_registry.py"), "src/my_project_tests/a.py"]),
    "warning code.no_source",
  ],
  ["a missing pyproject.toml", uploading(without("pyproject.toml")), "error code.no_pyproject"],
  [
    "missing source code",
    uploading(without("src/my_project/pipeline_registry.py")),
    "error code.no_source",
  ],
  [
    "a missing folder of the Kedro environment",
    uploading(without("conf/local/.gitkeep")),
    "error config.not_uploaded",
  ],
  [
    "a folder of the Kedro environment in another case",
    uploading(FILES.map((name) => name.replace("conf/local", "conf/Local"))),
    "error config.case",
  ],
  [
    "an excluded configuration file",
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
    "warning config.file_not_uploaded",
  ],
  [
    "code of 150 MiB",
    uploading({ ...sizes(), "data/x": 150 * MIB }),
    "warning code.large",
  ],
  [
    "code of 301 MiB",
    uploading({ ...sizes(), "data/x": 301 * MIB }),
    "warning code.snapshot_size",
  ],
  [
    "code of 2,100 files",
    uploading([...FILES, ...Array.from({ length: 2100 }, (_, at) => `notes/${at}`)]),
    "warning code.many_files",
  ],
  [
    "a dataset in a local file between steps",
    subject({ specs: [spec({ steps: stepsSharing("x") })], catalog: { x: CSV } }),
    "error dataset.local_between_steps",
  ],
  [
    "a transcoded dataset in two local files",
    subject({
      specs: [spec({ steps: stepsSharing("x@a", "x@b") })],
      catalog: { "x@a": CSV, "x@b": { ...CSV, filepath: "data/other.csv" } },
    }),
    "error dataset.local_between_steps",
  ],
  [
    "a dataset in memory between steps",
    subject({ specs: [spec({ steps: stepsSharing("x") })], catalog: { x: { type: "MemoryDataset" } } }),
    "error dataset.local_between_steps",
  ],
  [
    "a cached dataset between steps",
    subject({
      specs: [spec({ steps: stepsSharing("x") })],
      catalog: { x: { type: "CachedDataset", dataset: { ...PIPELINE_DATASET } } },
    }),
    "error dataset.local_between_steps",
  ],
  [
    "a data asset from a factory",
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
    "warning dataset.factory_not_mounted",
  ],
  [
    "a transcoded dataset without an entry in the catalog",
    subject({
      specs: [spec({ steps: stepsSharing("x@spark", "x@pandas") })],
      catalog: { "x@spark": { type: "spark.SparkDataset", filepath: "s3://x" } },
    }),
    "error dataset.transcoded",
  ],
  [
    "an input file excluded by an ignore file",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: CSV },
      code: withoutData(),
    }),
    "error dataset.not_uploaded",
  ],
  [
    "an input file excluded by no line of an ignore file",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: CSV },
      code: selection(FILES, { leftOut: [{ name: "data/x.csv", reason: "a cache" }] }),
    }),
    "error dataset.not_uploaded",
  ],
  [
    "a dataset of Azure ML with an excluded file",
    subject({
      specs: [spec({ steps: [stepReading("x")], pipelineName: "train" })],
      catalog: { x: PIPELINE_DATASET },
      pipelines: {
        prep: { nodes: [{ name: "enrich", outputs: ["x@pickle"] }] },
        train: { nodes: [{ name: "fit", outputs: ["y"] }] },
      } as never,
      code: withoutData(),
    }),
    "error dataset.not_uploaded",
  ],
  [
    "a dataset of Azure ML with a missing file",
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
    "error dataset.not_uploaded",
  ],
  [
    "an output in a local file",
    subject({ specs: [spec({ steps: stepsSharing("x").slice(0, 1) })], catalog: { x: CSV } }),
    "warning dataset.output_lost",
  ],
  [
    "credentials in an excluded file",
    subject({
      catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
      conf: { credentials: new Map([["db", ["conf/local/credentials.yml"]]]) },
    }),
    "error dataset.credentials",
  ],
  [
    "undefined credentials of a project with hooks",
    subject({
      catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
      source: {
        ...subject().source,
        placeOf: (pattern) =>
          pattern.test("def after_context_created(") ? { file: "h.py", line: 3 } : undefined,
      },
    }),
    "warning dataset.credentials",
  ],
  [
    "a configuration file with an environment variable of this machine",
    subject({ conf: { envReferences: [{ variable: "BUCKET", place: { ...place } }] } }),
    "warning config.env_not_in_step",
  ],
  [
    "a webhook variable outside the steps' environment",
    subject({
      config: config({ notifications: slack }),
      job: { notifications: "slack" },
      code: selection([...FILES, "src/my_project/notify.py"]),
    }),
    "warning notification.variable",
  ],
  [
    "a missing payload function for notifications",
    subject({
      config: config({ notifications: slack }),
      job: { notifications: "slack" },
      passedVariables: ["HOOK"],
    }),
    "warning notification.payload",
  ],
  [
    "an undefined schedule",
    subject({ job: { schedule: "nightly" } }),
    "error schedule.unknown",
  ],
  [
    "a schedule with an invalid cron expression",
    subject({
      job: {
        schedule: {
          cron: { expression: "nightly", start_time: null, end_time: null, time_zone: "UTC" },
          recurrence: null,
        },
      },
    }),
    "error schedule.cron",
  ],
  [
    "uncommitted changes",
    subject({
      properties: {
        "mlflow.source.git.commit": "a".repeat(40),
        "mlflow.source.git.branch": "main",
        "azureml.git.dirty": "True",
      },
    }),
    "note git.dirty",
  ],
  [
    "a placeholder left by init",
    subject({ warnings: [{ code: "config.placeholder", message: "workspace still is <workspace>" }] }),
    "error config.placeholder",
  ],
  [
    "a warning of the project reader",
    subject({ warnings: [{ code: "kedro.stub", message: "torch is replaced by a stub" }] }),
    "warning kedro.stub",
  ],
];

for (const [what, one, expected] of cases) {
  Deno.test(`validate reports ${what}`, async (t) => {
    const found = withoutPluginNote(runChecks(one, OFFLINE_CHECKS));
    deepEqual(found.map(({ severity, code }) => `${severity} ${code}`), [expected]);
    await assertTranscript(t, findingLines(found, []).join("\n"), import.meta.url);
  });
}

const IN_STORAGE = { type: "pandas.ParquetDataset", filepath: "abfss://c@a.dfs.core.windows.net/x" };

/** Subjects without findings. */
const sound: readonly [string, Subject][] = [
  ["a project without problems", subject()],
  ["code of exactly 100 MiB", uploading({ ...sizes(), "data/x": 100 * MIB - FILES.length })],
  ["datasets mounted between steps", subject({ specs: [spec({ steps: stepsSharing("x") })] })],
  [
    "a dataset in cloud storage",
    subject({
      specs: [spec({ steps: stepsSharing("x") })],
      catalog: { x: { ...IN_STORAGE, fs_args: { account_name: "a", anon: false } } },
    }),
  ],
  [
    "a local file wrapped in AzureMLPipelineDataset between steps",
    subject({
      specs: [spec({ steps: stepsSharing("x") })],
      catalog: { x: { type: "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset", dataset: CSV } },
    }),
  ],
  [
    "a versioned input file inside the upload",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: CSV },
      code: selection([...FILES, "data/x.csv/2026-01-01/x.csv"]),
    }),
  ],
  [
    "a dataset of Azure ML with an uploaded file",
    subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: { ...PIPELINE_DATASET, root_dir: "./in" } },
      code: selection([...FILES, "in/x.pkl"]),
    }),
  ],
  [
    "credentials in an uploaded file",
    subject({
      catalog: { x: { type: "pandas.SQLTableDataset", table_name: "x", credentials: "db" } },
      code: selection([...FILES, "conf/base/credentials.yml"]),
      conf: { credentials: new Map([["db", ["conf/base/credentials.yml"]]]) },
    }),
  ],
  [
    "variables of the steps' environment or in excluded files",
    subject({
      passedVariables: ["BUCKET"],
      conf: {
        envReferences: [
          { variable: "BUCKET", place: { file: "conf/base/catalog.yml" } },
          { variable: "AZUREML_RUN_ID", place: { file: "conf/base/catalog.yml" } },
          { variable: "SECRET", place: { file: "conf/local/credentials.yml" } },
        ],
      },
    }),
  ],
  [
    "an empty variable with the name of a secret",
    subject({ specs: [spec({ steps: [{ ...STEP, environmentVariables: { DB_PASSWORD: "" } }] })] }),
  ],
  ...['""', "null", "true", "false", "[]", "{}"].map((value): [string, Subject] => {
    const command = `kedro run --params='{"db": {"password": ${value}}}'`;
    return [
      `the parameter db.password: ${value}`,
      subject({ specs: [spec({ steps: [{ ...STEP, command }] })] }),
    ];
  }),
  [
    "a dataset without an entry, left to the warning of compile",
    subject({ warnings: [{ code: "compile.not_in_catalog", message: "x is not in the catalog" }] }),
  ],
  [
    "a result at an absolute path, perhaps a mount",
    subject({
      specs: [spec({ steps: stepsSharing("x").slice(0, 1) })],
      catalog: { x: { ...CSV, filepath: "/mnt/x.csv" } },
    }),
  ],
  ["an image with a digest", inEnvironment(`ghcr.io/me/x@sha256:${"0".repeat(64)}`)],
];

for (const [what, one] of sound) {
  Deno.test(`validate accepts ${what}`, () =>
    deepEqual(withoutPluginNote(runChecks(one, OFFLINE_CHECKS)), []));
}

Deno.test("validate reports a problem of several jobs once", () => {
  const jobs = [spec({ environment: "env" }), spec({ environment: "env", job: "other" })];
  const found = withoutPluginNote(runChecks(subject({ specs: jobs }), OFFLINE_CHECKS));
  deepEqual(found.map(({ code, jobs }) => [code, jobs]), [["environment.no_version", ["main", "other"]]]);
});

Deno.test("validate names the key or option of an environment without a version", () => {
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
  Deno.test(`storageAccounts accepts ${what}`, () => {
    const one = { ...subject({ specs: [spec()], catalog: { x: entry } }), passedVariables: variables };
    deepEqual(storageAccounts.run(one), []);
  });
}

Deno.test("storageAccounts requires an account even for an unused dataset", () => {
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

Deno.test("validate warns about files outside the upload, read by the code when Kedro starts", () => {
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
