import { deepEqual, equal, match } from "node:assert/strict";
import { OFFLINE_CHECKS, runChecks } from "../../../src/azureml/checks/all_checks.ts";
import type { Subject } from "../../../src/azureml/checks/subject.ts";
import type { CatalogEntry } from "../../../src/kedro/snapshot.ts";
import { findingLines } from "../../../src/azureml/checks/finding.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { placeIn, spec, stepReading, subject } from "./subject.ts";

const ASSET = "kedro_azureml_pipeline.datasets.AzureMLAssetDataset";
const AT = { file: "conf/base/catalog.yml", line: 7, column: 3 };

/** Checks a job that reads the dataset `x`; returns severity, code, message and hint of the findings of an area. */
function ofDataset(entry: CatalogEntry, area = "dataset", change: Partial<Subject["conf"]> = {}) {
  const one = subject({
    specs: [spec({ steps: [stepReading("x")] })],
    catalog: { x: entry },
    conf: change,
    code: undefined as never,
  });
  return runChecks(one, OFFLINE_CHECKS).filter(({ code }) => code.startsWith(area));
}

const csv = (filepath: string, more: object = {}) => ({ type: "pandas.CSVDataset", filepath, ...more });
const wrapped = (dataset: CatalogEntry | string, more: object = {}) => ({
  type: ASSET,
  azureml_dataset: "x",
  dataset,
  ...more,
});

for (
  const [text, isLocal] of [
    ["postgresql://me:secret@localhost:5432/db", true],
    ["http://127.0.0.1/x", true],
    ["http://[::1]/x", true],
    ["localhost", true],
    ["http://host.docker.internal:9000?x", true],
    ["http://localhost.example/x", false],
    ["http://example.com/localhost", false],
    ["127.0.0.1.example", false],
  ] as const
) {
  Deno.test(`validate ${isLocal ? "reports" : "accepts"} the endpoint ${text} of a dataset`, () => {
    const entry = { type: "pandas.SQLTableDataset", table_name: "t", credentials: { deep: [1, null, text] } };
    const found = ofDataset(entry, "dataset.localhost");
    equal(found.length, isLocal ? 1 : 0);
    if (!isLocal) return;
    match(found[0]!.message, /which is the step's own container in Azure$/);
    equal(found[0]!.message.includes("secret"), false);
    deepEqual(found[0]!.place, placeIn("catalog.yml", ["x", "credentials", "deep"]));
  });
}

Deno.test("validate notes a data asset of another class than AzureMLAssetDataset", () => {
  const [found] = ofDataset(wrapped("pandas.CSVDataset", { type: "my_project.Rides" }), "plugin.asset_class");
  match(found!.message, /the data asset of "x"; the plugin does if my_project\.Rides derives from/);
});

Deno.test("validate ignores local addresses in the metadata of a dataset", () =>
  deepEqual(ofDataset(csv("s3://b/x", { metadata: { url: "http://localhost:4141" } }), "dataset.local"), []));

Deno.test("validate reports a local address in mlflow.yml", () => {
  const found = ofDataset(csv("x"), "", {
    mlflow: ["http://localhost:5000/?token=1", "https://mlflow.example"].map((text) => ({ text, place: AT })),
  }).filter(({ code }) => code.endsWith("localhost"));
  deepEqual(found.map(({ severity, code, message, hint, place }) => [severity, code, message, hint, place]), [
    [
      "error",
      "mlflow.localhost",
      'MLflow uses "http://localhost:5000/", which is the step\'s own container in Azure',
      "Leave `mlflow_tracking_uri` empty: Azure ML sets its own in every step",
      AT,
    ],
  ]);
});

for (
  const [what, entry, expected] of [
    ["an absolute path", wrapped(csv("/data/x.csv")), "dataset.absolute_path"],
    ["a path of Windows", wrapped(csv("C:\\x.csv")), "dataset.absolute_path"],
    ["a path with ..", wrapped(csv("a/../../x.csv")), "dataset.outside_mount"],
    ["a cloud path", wrapped(csv("abfss://c@a/x")), "dataset.absolute_path"],
    [
      "a file name with a space",
      wrapped(csv("my x.csv"), { azureml_type: "uri_file" }),
      "dataset.uri_file_name",
    ],
  ] as const
) {
  Deno.test(`validate reports a mounted dataset with ${what}`, async (t) => {
    const found = ofDataset(entry);
    const severity = what.startsWith("an absolute path") ? "warning" : "error";
    deepEqual(found.map(({ severity, code }) => [severity, code]), [[severity, expected]]);

    await assertTranscript(t, findingLines(found, []).join("\n"), import.meta.url);
  });
}

Deno.test("validate accepts mounted datasets with a relative path", () => {
  deepEqual(ofDataset(wrapped(csv("a/my x.csv"))), []);
  deepEqual(ofDataset(wrapped(csv("x.csv"), { azureml_type: "uri_file" })), []);
  deepEqual(ofDataset(wrapped(csv("./x.csv"), { azureml_type: "uri_file" })), []);
});

for (
  const [what, entry, code] of [
    ["no type", { filepath: "x" }, "dataset.no_type"],
    ["a wrapped dataset without a type", wrapped({ filepath: "x" }), "dataset.no_type"],
    ["an unknown azureml_type", wrapped(csv("x"), { azureml_type: "uri_fil" }), "dataset.asset_type"],
    ["a version in azureml_dataset", wrapped(csv("x"), { azureml_dataset: "rides:3" }), "dataset.asset_name"],
    ["an invalid azureml_dataset", wrapped(csv("x"), { azureml_dataset: "my rides!" }), "dataset.asset_name"],
    [
      "a wrapped PartitionedDataset without a path",
      wrapped({ type: "partitions.PartitionedDataset", dataset: "pandas.CSVDataset" }),
      "dataset.no_filepath",
    ],
    ["a versioned wrapped dataset", wrapped(csv("x", { versioned: true })), "dataset.versioned"],
    [
      "a class of another plugin",
      { type: "kedro_azureml.datasets.AzureMLAssetDataSet", dataset: csv("x") },
      "dataset.other_plugin",
    ],
    ["a misspelled class", { type: "pandas.CVSDataset", filepath: "x" }, "dataset.unknown_class"],
    ["a removed class", { type: "tracking.MetricsDataset", filepath: "x" }, "dataset.unknown_class"],
    ...["load_args", "save_args", "fs_args"].map((key) =>
      [
        `text as \`${key}\``,
        csv("x", { [key]: ";" }),
        "dataset.not_a_mapping",
      ] as const
    ),
    ["an unknown argument", csv("x", { sep: ";" }), "dataset.unknown_argument"],
    [
      "`versioned: true` for a class without versions",
      { type: "pandas.SQLTableDataset", table_name: "t", credentials: {}, versioned: true },
      "dataset.unknown_argument",
    ],
  ] as const
) {
  Deno.test(`validate reports a dataset with ${what}`, async (t) => {
    const all = ofDataset(entry as CatalogEntry);
    const found = all.filter((finding) => finding.code === code);
    deepEqual(found.map(({ severity }) => severity), ["error"]);

    await assertTranscript(t, findingLines(all, []).join("\n"), import.meta.url);
  });
}

Deno.test("validate reports a missing argument of a dataset class", () => {
  const [found] = ofDataset({ type: "pandas.CSVDataset" });
  deepEqual([found!.code, found!.hint], ["dataset.missing_argument", "Add `filepath` to the dataset"]);
  const misspelled = ofDataset({ type: "pandas.CSVDataset", filepaht: "x" });
  deepEqual(misspelled.map(({ code, hint }) => [code, hint]), [
    ["dataset.unknown_argument", 'Did you mean "filepath"?'],
  ]);
  const partitioned = { type: "partitions.PartitionedDataset", path: "p", dataset: "pandas.CSVDataset" };
  deepEqual(ofDataset(partitioned), []);
  const cached = { type: "CachedDataset", dataset: { type: "pandas.CSVDataset" } };
  equal(ofDataset(cached)[0]!.hint, "Add `filepath` to its `dataset`");
});

for (
  const [what, entry] of [
    ["the validator of a dataset", csv("x", { validator: "shop.check" })],
    ["the version of a dataset", csv("x", { version: 1 })],
    ["`versioned: false` for a class without versions", {
      type: "pandas.SQLTableDataset",
      table_name: "t",
      credentials: {},
      versioned: false,
    }],
    ["an unknown argument of a class with **kwargs", {
      type: "kedro_datasets_experimental.langchain.PromptDataset",
      filepath: "x",
      dataset: { type: "text.TextDataset" },
      anything: 1,
    }],
    ["empty options", csv("x", { load_args: null, save_args: "" })],
  ] as const
) {
  Deno.test(`validate accepts ${what}`, () =>
    deepEqual(ofDataset(entry as CatalogEntry, "dataset.unknown_argument"), []));
}

Deno.test("validate ignores unused datasets of a factory", () => {
  const catalog = { _rate: 3, x: csv("x", { sep: ";" }) } as unknown as Record<string, CatalogEntry>;
  const codesOf = (inputs: readonly string[], factory?: string) =>
    runChecks(
      subject({
        catalog,
        conf: { factoryOf: () => factory },
        pipelines: { __default__: { nodes: [{ name: "train", func: "a:b", inputs, outputs: [] }] } } as never,
      }),
      OFFLINE_CHECKS,
    ).map(({ code }) => code).filter((code) => code.startsWith("dataset."));
  deepEqual(codesOf([]), ["dataset.unknown_argument"]);
  deepEqual(codesOf([], "{name}"), []);
  deepEqual(codesOf(["x"], "{name}"), ["dataset.unknown_argument"]);
});

Deno.test("validate suggests the kedro-datasets version that added a class", () => {
  const place = { file: "requirements.txt", line: 1 };
  const requirements = [{ name: "kedro-datasets", extras: [], versions: "==2.1.0", place }];
  const one = subject({
    catalog: Object.fromEntries(
      ["x", "y"].map((name) => [name, { type: "ibis.FileDataset", filepath: name }]),
    ),
    environments: { of: () => ({ requirements, file: "requirements.txt" }) },
  });
  const [found, ...others] = runChecks(one, OFFLINE_CHECKS)
    .filter(({ code }) => code === "dataset.unknown_class");
  equal(found!.hint, "Require `kedro-datasets>=8.1.0` in requirements.txt");
  match(
    found!.message,
    /came with kedro-datasets [\d.]+; requirements\.txt requires kedro-datasets==2\.1\.0$/,
  );
  deepEqual([found!.details, others], [['dataset "x"', 'dataset "y"'], []], "one finding for one version");
  deepEqual(found!.place, place);
});

Deno.test("validate checks arguments of an unused dataset in a CachedDataset", () => {
  const codesOf = (entry: CatalogEntry, steps: ReturnType<typeof stepReading>[]) =>
    runChecks(subject({ specs: [spec({ steps })], catalog: { x: entry } }), OFFLINE_CHECKS)
      .map(({ code }) => code).filter((code) => code === "dataset.unknown_argument");
  const asset = wrapped(csv("x.csv", { sep: ";" }));
  const cached = { type: "CachedDataset", dataset: csv("x.csv", { sep: ";" }) };
  deepEqual([asset, cached].map((entry) => codesOf(entry, [stepReading("other")]).length), [0, 1]);
  deepEqual([asset, cached].map((entry) => codesOf(entry, [stepReading("x")]).length), [1, 1]);
});

/** Checks a dataset with some versions of kedro-datasets; returns the findings with a code. */
function withVersions(versions: string, entry: CatalogEntry, code: string) {
  const place = { file: "requirements.txt", line: 1 };
  const requirements = [{ name: "kedro-datasets", extras: [], versions, place }];
  const one = subject({
    catalog: { x: entry },
    environments: { of: () => ({ requirements, file: "requirements.txt" }) },
  });
  return runChecks(one, OFFLINE_CHECKS).filter((finding) => finding.code === code);
}

Deno.test("validate accepts an argument of any kedro-datasets version in range", () => {
  const unknown = (versions: string, entry: CatalogEntry) =>
    withVersions(versions, entry, "dataset.unknown_argument").map(({ message }) => message);
  const table = { type: "ibis.TableDataset", table_name: "t", credentials: {}, filepath: "x" };
  deepEqual(unknown(">=5,<9.1", table), []);
  deepEqual(unknown(">=9", table), ['"ibis.TableDataset" of dataset "x" takes no argument "filepath"']);
  const plot = { type: "matplotlib.MatplotlibWriter", filepath: "x", anything: 1 };
  deepEqual(unknown(">=6,<9", plot), [], "version 7 takes any argument");
  deepEqual(unknown("==6.0.0", plot).length, 1);
});

Deno.test("validate warns about a class that newer versions of kedro-datasets lack", () => {
  const place = placeIn("catalog.yml", ["x", "type"]);
  deepEqual(
    withVersions(">=5,<9", { type: "tracking.MetricsDataset", filepath: "x" }, "dataset.removed_class"),
    [{
      severity: "warning",
      code: "dataset.removed_class",
      message:
        'Dataset "x" has class "tracking.MetricsDataset", which kedro-datasets 8.1.0 does not have; the last version with it was 6.0.0, which the environment may have',
      hint: 'Did you mean "json.JSONDataset"?',
      place,
      jobs: ["main"],
    }],
  );
});

/** Checks a job with an environment that is, or is not, the one of azureml.yml. */
function ofEnvironment(environment: string) {
  return runChecks(subject({ specs: [spec({ environment })] }), OFFLINE_CHECKS)
    .filter(({ code }) => code.startsWith("environment.") && code !== "environment.plugin")
    .map(({ severity, code, hint }) => [severity, code, hint]);
}

for (
  const [environment, severity, code, hint] of [
    ["e:latest", "warning", "environment.version_latest", "Use `e@latest` as `--aml-env`"],
    [
      "e@latest",
      "note",
      "environment.latest",
      "Run `kedro-azureml validate --online` to see the current version",
    ],
    ["e", "error", "environment.no_version", "Use `e@latest` or `e:<version>` as `--aml-env`"],
    [
      "azureml://registries/r/environments/e",
      "error",
      "environment.no_version",
      "End it with `/versions/<version>`",
    ],
  ] as const
) {
  Deno.test(`validate reports that environment ${environment} has no fixed version`, () =>
    deepEqual(ofEnvironment(environment), [[severity, code, hint]]));
}

Deno.test("validate accepts fixed versions of environments and images", () => {
  for (
    const environment of [
      "e:1",
      "azureml:e:1",
      "azureml://registries/r/environments/e/versions/1",
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/environments/e/Versions/1",
      "ghcr.io/me/x:1",
      `ghcr.io/me/x@sha256:${"0".repeat(64)}`,
    ]
  ) deepEqual(ofEnvironment(environment), [], environment);
});
