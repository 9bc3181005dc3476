import { ExitCode, placing, UserError, type Warning } from "../../core/errors.ts";
import { isParameter } from "../../kedro/dataset_name.ts";
import type { CatalogEntry, Json, NodeSnapshot, PipelineSnapshot } from "../../kedro/snapshot.ts";
import type { CompileInput, CompileOptions } from "./input.ts";
import type { StepCompute } from "./choose_compute.ts";
import { type DataAsset, dataAsset, fileAsset, writtenAsset } from "./catalog_asset.ts";
import { distributionOf } from "./distribution.ts";
import type { Step, StepInput, StepOutput } from "../job_spec.ts";
import { componentName, portName, stepKey, uniqueNames } from "./step_names.ts";
import { notificationVariables } from "./notifications.ts";
import { requirePortNames } from "./step_names.ts";
import { stepCommand } from "./step_command.ts";
import { findWiring } from "./wiring.ts";

/** What all steps of one job share. */
export interface StepsInput {
  readonly input: CompileInput;
  readonly options: CompileOptions;
  /** The job's nodes, after its filters. */
  readonly pipeline: PipelineSnapshot;
  readonly displayName: string | undefined;
  readonly experimentName: string | undefined;
  /** Runtime parameters of every step, as JSON. */
  readonly params: string | undefined;
  readonly computeOf: (node: NodeSnapshot) => StepCompute;
  readonly warn: (warning: Warning) => void;
}

/** Compiles every node of a pipeline to a step, in Kedro's order. */
export function compileSteps(all: StepsInput): Step[] {
  const { input, options, pipeline } = all;
  const { config, snapshot } = input;
  checkVariables(options);
  checkLoadVersions(all);
  requirePortNames(pipeline);
  const names = pipeline.nodes.map((node) => node.name);
  const keys = uniqueNames(names, (node) => stepKey(componentName(node)));
  const wiring = findWiring(pipeline, keys);
  const jobOutputs = uniqueNames(
    pipeline.nodes.flatMap((node) => node.outputs.filter(wiring.isJobOutput)),
    portName,
  );
  const notify = notificationVariables({
    job: input.job,
    config: input.definition,
    place: input.place,
    definition: config.notifications[input.definition.notifications ?? ""],
    pipeline,
    dependencies: wiring.dependencies,
    experimentName: all.experimentName,
  });
  const parameters = laidOver(snapshot.parameters, (input.definition.params ?? {}) as Parameters);
  const { execution } = config;
  return pipeline.nodes.map((node) => {
    const inputs = stepInputs(all, node, wiring);
    const outputs = stepOutputs(all, node, jobOutputs);
    const { cluster, instanceType } = all.computeOf(node);
    return {
      key: keys.get(node.name)!,
      node: node.name,
      name: componentName(node.name),
      displayName: node.name,
      command: stepCommand({
        env: snapshot.project.env,
        pipeline: input.definition.pipeline.pipeline_name,
        node: node.name,
        mountedInputs: mounted(node, inputs),
        outputs,
        params: all.params,
        workingDirectory: execution.code_directory === null
          ? execution.working_directory || undefined
          : undefined,
      }),
      inputs,
      outputs,
      environmentVariables: {
        KEDRO_ENV: snapshot.project.env,
        ...mlflowVariables(all, node),
        ...notify(node.name),
        ...options.environmentVariables,
      },
      compute: cluster,
      instanceType,
      isDeterministic: node.tags.includes("deterministic"),
      timeoutSeconds: input.definition.limits?.timeout,
      distribution: placing(
        () => placeOfParams(input, node),
        () => distributionOf(node, parameters, all.warn),
      ),
    };
  });
}

/** Where the job itself gives a parameter that a node's counts are looked up in. */
function placeOfParams({ definition, place }: CompileInput, { distributed, namespace }: NodeSnapshot) {
  const paths = [distributed?.num_nodes, distributed?.processes_per_node]
    .filter((count) => typeof count === "string")
    .map((count) => [...namespace?.split(".") ?? [], ...count.replace(/^params:/, "").split(".")]);
  const ours = paths.find(([first]) =>
    definition.params !== null && Object.hasOwn(definition.params, first!)
  );
  return ours && place(["jobs", definition.key, "params", ...ours]);
}

type Parameters = Readonly<Record<string, Json>>;

/** The job's own parameters over the project's, key by key at every depth, as Kedro merges runtime parameters. */
function laidOver(under: Parameters, over: Parameters): Parameters {
  const merged: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMapping(below) && isMapping(value) ? laidOver(below, value) : value;
  }
  return merged;
}

function isMapping(value: Json | undefined): value is Parameters {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Wiring = ReturnType<typeof findWiring>;

function stepInputs(
  { input, options, pipeline, warn }: StepsInput,
  node: NodeSnapshot,
  wiring: Wiring,
): StepInput[] {
  const { catalog } = input.snapshot;
  const isRoot = (dataset: string) => pipeline.inputs.includes(dataset);
  return [...uniqueNames(node.inputs, portName)].map(([dataset, name]): StepInput => {
    const source = wiring.sourceOf(dataset);
    const asset = dataAsset(dataset, catalog[dataset]);
    if (asset?.type === "uri_file" && !isRoot(dataset)) {
      throw fileAsset(dataset, node, "is written by a step");
    }
    const type = asset?.type ??
      (isParameter(dataset) || (isRoot(dataset) && isKnown(dataset, catalog)) ? "string" : "uri_folder");
    if (source !== undefined) return { name, dataset, type, from: { kind: "step", ...source } };
    if (asset !== undefined) {
      const path = assetPath(asset, options.loadVersions?.[dataset]);
      return { name, dataset, type, from: { kind: "asset", path, type } };
    }
    if (type === "string") return { name, dataset, type, from: { kind: "literal", value: dataset } };
    warn({ ...notInCatalog(dataset, node), place: input.place(["jobs", input.definition.key, "pipeline"]) });
    return { name, dataset, type, from: { kind: "undeclared", path: `azureml:${dataset}`, type } };
  });
}

function stepOutputs(
  { input }: StepsInput,
  node: NodeSnapshot,
  jobOutputs: Map<string, string>,
): StepOutput[] {
  return [...uniqueNames(node.outputs, portName)].map(([dataset, name]) => {
    const asset = writtenAsset(dataset, input.snapshot.catalog[dataset], node);
    return {
      name,
      dataset,
      type: asset?.type ?? "uri_folder",
      asset: asset === undefined ? undefined : { name: asset.name, version: undefined },
      jobOutput: jobOutputs.get(dataset),
    };
  });
}

/** The inputs that a step gets as folders, in the node's order, once for each time the node reads them. */
function mounted(node: NodeSnapshot, inputs: readonly StepInput[]): StepInput[] {
  const byDataset = new Map(inputs.map((input) => [input.dataset, input]));
  return node.inputs.map((dataset) => byDataset.get(dataset)!).filter(({ type }) => type !== "string");
}

function mlflowVariables({ input, displayName, experimentName }: StepsInput, node: NodeSnapshot) {
  if (experimentName === undefined) return {};
  return {
    KEDRO_AZUREML_MLFLOW_ENABLED: "1",
    KEDRO_AZUREML_MLFLOW_RUN_NAME: displayName || input.job,
    KEDRO_AZUREML_MLFLOW_EXPERIMENT_NAME: experimentName,
    KEDRO_AZUREML_MLFLOW_NODE_NAME: node.name,
  };
}

function isKnown(dataset: string, catalog: Readonly<Record<string, CatalogEntry>>): boolean {
  return Object.hasOwn(catalog, dataset);
}

function assetPath(asset: DataAsset, loadVersion: string | undefined): string {
  const version = loadVersion ?? asset.version;
  return `azureml:${asset.name}${version === undefined || version === "latest" ? "@latest" : `:${version}`}`;
}

/**
 * Refuses what no variable of a step may change.
 *
 * @throws {UserError} `compile.kedro_env_variable`.
 */
export function checkVariables(
  { environmentVariables = {} }: Pick<CompileOptions, "environmentVariables">,
): void {
  if (!Object.hasOwn(environmentVariables, "KEDRO_ENV")) return;
  throw new UserError(
    `\`--env-var\` cannot set KEDRO_ENV: the command of each step already sets the Kedro environment`,
    {
      code: "compile.kedro_env_variable",
      exit: ExitCode.Usage,
      hint: `Use \`-e ${environmentVariables.KEDRO_ENV}\``,
    },
  );
}

function checkLoadVersions({ input, options }: StepsInput): void {
  for (const dataset of Object.keys(options.loadVersions ?? {})) {
    if (dataAsset(dataset, input.snapshot.catalog[dataset]) !== undefined) continue;
    throw new UserError(
      `\`--load-versions\` names "${dataset}", which is not an AzureMLAssetDataset in the catalog`,
      {
        code: "compile.load_version",
        exit: ExitCode.Usage,
        hint: "Use it only for datasets of type `kedro_azureml_pipeline.datasets.AzureMLAssetDataset`",
      },
    );
  }
}

function notInCatalog(dataset: string, node: NodeSnapshot): Warning {
  return {
    code: "compile.not_in_catalog",
    message:
      `Node "${node.name}" reads "${dataset}", which is neither written by a step of this job nor in the catalog`,
    hint: `Add "${dataset}" to the catalog, or widen the job's filters`,
  };
}
