import type { CheckedJob, Subject } from "../../../src/azureml/checks/subject.ts";
import type { CodeSelection } from "../../../src/azureml/job/code/walk.ts";
import type { JobSpec, Step } from "../../../src/azureml/job/job_spec.ts";
import { checkSchema } from "../../../src/config/schema.ts";
import type { AzureMLConfig, JobConfig } from "../../../src/config/schema.ts";
import type { Place } from "../../../src/core/errors.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";

/** A valid step. */
export const STEP: Step = {
  key: "train",
  node: "train",
  name: "train",
  displayName: "train",
  command: "true",
  inputs: [],
  outputs: [],
  environmentVariables: {},
  compute: "cpu",
  instanceType: undefined,
  isDeterministic: false,
  timeoutSeconds: undefined,
  distribution: undefined,
};

/** Creates a valid job with some properties changed. */
export function spec(change: Partial<JobSpec> = {}): JobSpec {
  return {
    job: "main",
    key: "main",
    pipelineName: "__default__",
    displayName: undefined,
    experimentName: undefined,
    description: undefined,
    compute: "cpu",
    codeDirectory: ".",
    environment: "env:1",
    steps: [STEP],
    outputs: [],
    ...change,
  };
}

/** Inputs and outputs of each kind that a step can have. */
export const PORTS: Pick<Step, "inputs" | "outputs"> = {
  inputs: [
    { name: "l", dataset: "l", type: "string", from: { kind: "literal", value: "l" } },
    { name: "s", dataset: "s", type: "uri_folder", from: { kind: "step", step: "a", output: "b" } },
    {
      name: "d",
      dataset: "d",
      type: "uri_file",
      from: { kind: "asset", path: "azureml:d:1", type: "uri_file" },
    },
  ],
  outputs: [
    {
      name: "o",
      dataset: "o",
      type: "uri_folder",
      asset: { name: "m", version: undefined },
      jobOutput: "out",
    },
    {
      name: "p",
      dataset: "p",
      type: "uri_folder",
      asset: { name: "n", version: undefined },
      jobOutput: undefined,
    },
    { name: "q", dataset: "q", type: "uri_folder", asset: undefined, jobOutput: undefined },
  ],
};

/** Creates two steps; the second reads what the first writes, possibly under another name. */
export function stepsSharing(dataset: string, read = dataset): Step[] {
  const [output, input] = [dataset, read].map((name) => name.replace(/\W/g, "_")) as [string, string];
  return [
    {
      ...STEP,
      key: "make",
      node: "make",
      outputs: [{ name: output, dataset, type: "uri_folder", asset: undefined, jobOutput: undefined }],
    },
    {
      ...STEP,
      inputs: [{
        name: input,
        dataset: read,
        type: "uri_folder",
        from: { kind: "step", step: "make", output },
      }],
    },
  ];
}

/** Creates a step that reads a dataset of the catalog. */
export function stepReading(dataset: string): Step {
  const from = { kind: "literal", value: dataset } as const;
  return { ...STEP, inputs: [{ name: dataset, dataset, type: "string", from }] };
}

/** Creates a code selection of these files; files are 1 byte unless sizes are given. */
export function selection(
  names: Readonly<Record<string, number>> | readonly string[],
  more: Partial<CodeSelection> = {},
): CodeSelection {
  const sizes = Array.isArray(names)
    ? names.map((name: string) => [name, 1] as const)
    : Object.entries(names);
  return {
    files: sizes.map(([name, sizeBytes]) => ({ path: `/p/${name}`, name, sizeBytes })),
    leftOut: [],
    ignoreFile: undefined,
    warnings: [],
    ...more,
  };
}

/** Files that every project uploads. */
export const FILES = [
  "pyproject.toml",
  "src/my_project/pipeline_registry.py",
  "conf/base/azureml.yml",
  "conf/base/catalog.yml",
  "conf/local/.gitkeep",
];

/** Creates a valid configuration with some keys changed. */
export function config(change: Record<string, unknown> = {}): AzureMLConfig {
  return checkSchema({
    workspace: {
      __default__: {
        subscription_id: "11111111-2222-3333-4444-555555555555",
        resource_group: "g",
        name: "w",
      },
    },
    compute: { __default__: { cluster_name: "cpu" } },
    execution: { environment: "env:1", code_directory: "." },
    jobs: { main: { pipeline: {} } },
    ...change,
  }) as AzureMLConfig;
}

/** A place that names the key that it points at. */
export function placeIn(file: string, path: readonly (string | number)[]): Place {
  return { file: `conf/base/${file}#${path.join(".")}` };
}

/** @internal Properties that a test changes. */
type Change = Partial<Omit<Subject, "jobs" | "conf" | "snapshot">> & {
  readonly specs?: readonly JobSpec[];
  readonly catalog?: ProjectSnapshot["catalog"];
  readonly pipelines?: ProjectSnapshot["pipelines"];
  readonly conf?: Partial<Subject["conf"]>;
  readonly job?: Partial<JobConfig>;
};

/** Creates a project without findings, with some properties changed. */
export function subject(
  { specs = [spec()], catalog = {}, pipelines = {}, conf = {}, job = {}, ...change }: Change = {},
): Subject {
  const azureml = change.config ?? config();
  return {
    config: azureml,
    place: (path) => placeIn("azureml.yml", path),
    warnings: [],
    snapshot: { catalog, pipelines } as unknown as ProjectSnapshot,
    jobs: specs.map((one): CheckedJob => ({
      name: one.job,
      config: { ...azureml.jobs.main!, key: "main", ...job },
      spec: one,
      workspace: azureml.workspace.__default__,
    })),
    code: selection(FILES),
    secrets: [],
    project: { root: "/p", folder: "", packageFolder: "src/my_project", packageName: "my_project" },
    properties: {},
    passedVariables: [],
    source: { fileOf: () => undefined, read: () => undefined, modules: [], placeOf: () => undefined },
    importedModules: new Set(),
    environments: { of: () => undefined },
    ...change,
    conf: {
      folders: { base: "conf/base", env: "conf/local" },
      files: [],
      envReferences: [],
      credentials: new Map(),
      mlflow: [],
      secrets: [],
      logging: [],
      keys: () => new Map(),
      placeOfDataset: (dataset, path = []) => placeIn("catalog.yml", [dataset, ...path]),
      placeOfKey: () => undefined,
      factoryOf: () => undefined,
      ...conf,
    },
  };
}
