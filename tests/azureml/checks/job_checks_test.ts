import { deepEqual, match } from "node:assert/strict";
import { invalidSchedules } from "../../../src/azureml/checks/references.ts";
import type { Subject } from "../../../src/azureml/checks/subject.ts";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import { FILES, placeIn, selection, spec, STEP, stepReading, stepsSharing, subject } from "./subject.ts";

/** The findings of a subject except notes: severity, code, message and details. */
function findingsOf(one: Subject, isWanted = (code: string) => code !== "environment.plugin"): string[] {
  return runChecks(one, OFFLINE_CHECKS).filter(({ code }) => isWanted(code)).map((
    { severity, code, message, hint, details = [] },
  ) => [`${severity} ${code}: ${message}`, ...details, `hint: ${hint}`].join("\n"));
}

const CSV = { type: "pandas.CSVDataset", filepath: "data/x.csv" };
const PASSED_ON = "kedro_azureml_pipeline.datasets.AzureMLPipelineDataset";

/** A job with inputs that no step writes, and nodes of the registered pipeline that write them. */
function withLostInputs(datasets: readonly string[], writers: readonly string[]): Subject {
  const inputs = datasets.map((dataset) => ({
    name: dataset,
    dataset,
    type: "uri_folder",
    from: { kind: "undeclared", path: `azureml:${dataset}`, type: "uri_folder" },
  } as const));
  return subject({
    specs: [spec({ steps: [{ ...STEP, inputs }] })],
    pipelines: {
      __default__: {
        nodes: [
          { name: "train", func: "shop:train", inputs: datasets, outputs: [] },
          ...writers.map((name) => ({ name, func: "shop:make", inputs: [], outputs: [datasets[0]!] })),
        ],
      },
    } as never,
  });
}

for (
  const [what, writers, hint] of [
    ["suggests a catalog entry for an undeclared input", [], 'Add "a" to the catalog'],
    [
      "suggests running the nodes that write a missing input",
      ["one", "two", "three"],
      'Also run node "one", node "two", node "three", or add it to the catalog',
    ],
  ] as const
) {
  Deno.test(`validate ${what}`, () =>
    deepEqual(findingsOf(withLostInputs(["a"], writers)), [
      `error submit.undeclared_input: Node "train" reads "a", which no node of the job writes and the catalog does not have\nhint: ${hint}`,
    ]));
}

Deno.test("validate only warns about an undeclared input if a hook may add it", () => {
  const placeOf = (pattern: RegExp) =>
    pattern.test("def after_catalog_created(") ? { file: "h.py", line: 3 } : undefined;
  const one = withLostInputs(["a"], []);
  match(
    findingsOf({ ...one, source: { ...one.source, placeOf } })[0]!,
    /^warning submit\.undeclared_input: .* does not have, unless the hook in h\.py:3 adds it/,
  );
});

Deno.test("validate rejects an environment variable above 128 KiB", () => {
  const withValue = (length: number) =>
    subject({
      specs: [spec({ steps: [{ ...STEP, environmentVariables: { LONG: "x".repeat(length) } }] })],
    });
  deepEqual(findingsOf(withValue(131_068)), []);
  deepEqual(findingsOf(withValue(131_069)), [
    "error job.long_command: Commands and variables can have at most 131072 bytes on Linux\n" +
    'variable LONG of node "train" is longer\n' +
    "hint: Move large parameters from the job into conf/base/parameters.yml",
  ]);
});

const AS = { error: "an error", warning: "a warning" };

for (
  const [entry, severity, end] of [
    [{ type: "shop.Data", filepath: "data/x" }, "warning", ", unless class shop.Data keeps it elsewhere"],
    [
      { ...CSV, filepath: "/mnt/x.csv" },
      "warning",
      ", unless /mnt/x.csv is on storage that all machines mount",
    ],
    [{ ...CSV, filepath: "C:/x.csv" }, "error", ""],
    [CSV, "error", ""],
  ] as const
) {
  Deno.test(`validate reports ${AS[severity]} for a ${entry.type} at ${entry.filepath} between steps`, () => {
    const one = subject({ specs: [spec({ steps: stepsSharing("x") })], catalog: { x: entry } });
    const [found] = findingsOf(one, (code) => code === "dataset.local_between_steps");
    deepEqual(
      found!.split("\n")[0],
      `${severity} dataset.local_between_steps: "x" is saved to the local file ${entry.filepath} by node "make"; "train" cannot read it: each step runs in its own container${end}`,
    );
    // Setup leaves absolute paths.
    deepEqual(found!.includes("kedro-azureml setup"), entry.filepath.startsWith("data/"));
  });
}

/** Steps of a group and of single nodes, each given as name, inputs and outputs. */
function stepsOf(...groups: readonly (readonly [name: string, inputs: string[], outputs: string[]])[][]) {
  return groups.map((nodes, at) => ({
    ...STEP,
    key: `s${at}`,
    node: nodes[0]![0],
    nodes: nodes.map(([name, inputs, outputs]) => ({ name, inputs, outputs })),
    outputs: nodes.flatMap(([, , outputs]) => outputs).map((dataset) => ({
      name: dataset,
      dataset,
      type: "uri_folder",
      asset: undefined,
      jobOutput: undefined,
    })),
  }));
}

Deno.test("validate names only the nodes that cannot read a dataset", () => {
  const steps = stepsOf([["make", [], ["x", "m"]], ["near", ["x", "m"], []]], [["far", ["x", "m"], ["y"]]], [
    ["last", ["y"], []],
  ]);
  const catalog = { x: CSV, m: { type: "MemoryDataset" }, y: { ...CSV, filepath: "abfss://c@a/y.csv" } };
  deepEqual(
    findingsOf(
      subject({ specs: [spec({ steps })], catalog }),
      (code) => code === "dataset.local_between_steps",
    ),
    [
      'error dataset.local_between_steps: "m" is saved in memory by node "make"; "near", "far" cannot read it: each step runs in its own container\n' +
      'hint: Remove "m" from the catalog, and Azure ML passes it on as a pickle file',
      'error dataset.local_between_steps: "x" is saved to the local file data/x.csv by node "make"; "far" cannot read it: each step runs in its own container\n' +
      "hint: Run `kedro-azureml setup` (`--catalog-only` needs no account), which wraps it in an AzureMLPipelineDataset, remove it from the catalog, or use a cloud path",
    ],
  );
});

Deno.test("validate rejects a dataset of a factory between steps", () => {
  const severityOf = (steps: ReturnType<typeof stepsOf>) => {
    const entry = { type: PASSED_ON, dataset: { type: "pickle.PickleDataset", filepath: "x.pkl" } };
    const one = subject({
      specs: [spec({ steps })],
      catalog: { x: entry },
      conf: { factoryOf: () => "{x}" },
    });
    return runChecks(one, OFFLINE_CHECKS).filter(({ code }) => code === "dataset.factory_not_mounted");
  };
  const finding = (severity: string) => ({
    severity,
    code: "dataset.factory_not_mounted",
    message:
      '"x" comes from the dataset factory "{x}", which kedro-azureml-pipeline 0.1.0 does not mount: it stays in the container of a step, outside of the mounted folder',
    hint: 'Add "x" to the catalog as an entry of its own',
    place: placeIn("catalog.yml", ["x"]),
    jobs: ["main"],
  });
  deepEqual(severityOf(stepsOf([["make", [], ["x"]], ["use", ["x"], []]])), [finding("warning")]);
  deepEqual(severityOf(stepsOf([["make", [], ["x"]]], [["use", ["x"], []]])), [finding("error")]);
});

for (
  const [type, filepath, severity] of [
    ["pandas.CSVDataset", "data//01_raw/x.csv", undefined],
    ["pandas.CSVDataset", "data/./01_raw/x.csv", undefined],
    ["spark.SparkDataset", "data/01_raw/*.csv", undefined],
    ["spark.SparkDataset", "data/0[0-9]_{raw,new}", undefined],
    ["polars.LazyPolarsDataset", "data/**/x.csv", undefined],
    ["dask.ParquetDataset", "data/01_raw/*.parquet", "warning"],
    ["pandas.CSVDataset", "data/01_raw/y.csv", "error"],
  ] as const
) {
  Deno.test(`validate ${severity === undefined ? "accepts" : `reports ${AS[severity]} for`} the path ${filepath} of uploaded files`, () => {
    const one = subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: { type, filepath } },
      code: selection([...FILES, "data/01_raw/x.csv"]),
    });
    const found = findingsOf(one, (code) => code === "dataset.not_uploaded");
    deepEqual(found.map((text) => text.split(" ")[0]), severity === undefined ? [] : [severity]);
  });
}

for (
  const [path, severity, says] of [
    ["/mnt/x.csv", "warning", " in the step's container, which has it only if the image or a mount does"],
    ["C:\\x.csv", "error", ", a path of Windows, but steps run on Linux"],
  ] as const
) {
  Deno.test(`validate reports ${AS[severity]} if a step reads ${path}`, () => {
    const one = subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: { ...CSV, filepath: path } },
    });
    deepEqual(runChecks(one, OFFLINE_CHECKS).filter(({ code }) => code === "dataset.absolute_path"), [{
      severity,
      code: "dataset.absolute_path",
      message: `"x" reads ${path}${says}`,
      hint: "Use a cloud path, or make it an AzureMLAssetDataset",
      place: placeIn("catalog.yml", ["x", "filepath"]),
      jobs: ["main"],
    }]);
  });
}

Deno.test("validate suggests renaming an input file with spaces", () => {
  const place = { file: ".amlignore", line: 2 };
  const code = selection(FILES, {
    leftOut: [{ name: "data/", reason: ".amlignore", pattern: "data/**", place }],
  });
  const hintFor = (filepath: string) => {
    const one = subject({
      specs: [spec({ steps: [stepReading("x")] })],
      catalog: { x: { ...CSV, filepath } },
      code,
    });
    return runChecks(one, OFFLINE_CHECKS).find(({ code }) => code === "dataset.not_uploaded")?.hint?.split(
      " ",
    )[0];
  };
  deepEqual(["data/x.csv", "data/in put é.csv"].map(hintFor), ["Run", "Rename"]);
});

Deno.test("validate only warns about a missing input of an unknown dataset class", () => {
  const severityOf = (type: string) => {
    const catalog = { x: { type: PASSED_ON, dataset: { type, filepath: "x" } } };
    return findingsOf(
      subject({ specs: [spec({ steps: [stepReading("x")] })], catalog }),
      (code) => code === "dataset.not_uploaded",
    )[0]!.split(" ")[0];
  };
  deepEqual(["pandas.CSVDataset", "shop.Data"].map(severityOf), ["error", "warning"]);
  const folder = {
    type: "partitions.PartitionedDataset",
    path: "data",
    dataset: { type: "shop.Data", filepath: "x" },
  };
  const specs = [spec({ steps: [stepReading("x")] })];
  const [found] = findingsOf(
    subject({ specs, catalog: { x: folder } }),
    (code) => code === "dataset.not_uploaded",
  );
  deepEqual(found!.split(" ")[0], "error", "the folder's own class is known");
});

Deno.test("validate warns about environment variables in an image's configuration", () => {
  const envReferences = [{ variable: "BUCKET", place: { file: "conf/base/catalog.yml" } }];
  const found = findingsOf(
    subject({ conf: { envReferences }, code: undefined }),
    (code) => code.startsWith("config"),
  );
  deepEqual(found.map((text) => text.split(":")[0]), ["warning config.env_not_in_step"]);
});

Deno.test("validate rejects two schedules with the same name", () => {
  const cron = { expression: "0 2 * * *", start_time: null, end_time: null, time_zone: "UTC" };
  const schedule = { cron, recurrence: null };
  const one = subject({ specs: [spec(), spec({ job: "main-1" })] });
  const jobs = one.jobs.map((job, at) => ({
    ...job,
    config: { ...job.config, key: job.name, schedule: at === 0 ? [schedule, schedule] : schedule },
  }));
  deepEqual(invalidSchedules.run({ ...one, jobs }).map(({ code, jobs }) => [code, jobs]), [
    ["schedule.same_name", ["main-1"]],
  ]);
});
