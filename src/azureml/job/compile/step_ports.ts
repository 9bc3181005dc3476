import { ownValue } from "../../../core/fields.ts";
import { isParameter } from "../../../core/loader_settings.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { NodeGroup } from "../groups/names.ts";
import type { StepInput, StepOutput } from "../job_spec.ts";
import { type DataAsset, dataAsset, fileAsset, writtenAsset } from "./catalog_asset.ts";
import type { StepsInput } from "./input.ts";
import type { Mount } from "./step_command.ts";
import { portName, uniqueNames } from "./step_and_port_names.ts";
import type { Wiring } from "./wiring.ts";

/** The inputs and outputs of one step, and the folders inside it. */
export interface StepPorts {
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly StepOutput[];
  /** Names of the folders for datasets that are used only inside the step. */
  readonly folders: readonly string[];
  /** A node's datasets that are folders, with their paths; a dataset that it reads twice is listed twice. */
  mountsOf(node: NodeSnapshot): { readonly inputs: readonly Mount[]; readonly outputs: readonly Mount[] };
}

/** The input of finding a step's ports. */
export interface PortsInput {
  readonly all: StepsInput;
  readonly wiring: Wiring;
  /** Keys of the steps, by group name. */
  readonly keys: ReadonlyMap<string, string>;
  /** Names of the job's outputs, by dataset. */
  readonly jobOutputs: ReadonlyMap<string, string>;
}

/** Finds the inputs and outputs of a step. */
export function stepPorts(input: PortsInput, group: NodeGroup): StepPorts {
  const { wiring } = input;
  const isInner = (dataset: string) => wiring.sourceOf(dataset)?.group === group.name;
  const inputs = stepInputs(input, group, isInner);
  const outputs = stepOutputs(input, group);
  const written = group.nodes.flatMap((node) => node.outputs);
  const outputOf = wiring.outputsOf(group);
  const folders = uniqueNames(written.filter((dataset) => !outputOf.has(dataset)), portName);
  const byDataset = new Map(inputs.map((input) => [input.dataset, input]));
  const writtenPath = (dataset: string) =>
    outputOf.has(dataset) ? `\${{outputs.${outputOf.get(dataset)}}}` : `"$_d/${folders.get(dataset)}"`;
  const readPath = (dataset: string) =>
    isInner(dataset)
      ? writtenPath(wiring.sourceOf(dataset)!.dataset)
      : `\${{inputs.${byDataset.get(dataset)!.name}}}`;
  return {
    inputs,
    outputs,
    folders: [...folders.values()],
    mountsOf: (node) => ({
      inputs: node.inputs.filter((dataset) => isInner(dataset) || byDataset.get(dataset)!.type !== "string")
        .map((dataset) => ({ dataset, path: readPath(dataset) })),
      outputs: node.outputs.map((dataset) => ({ dataset, path: writtenPath(dataset) })),
    }),
  };
}

function stepInputs(
  { all: { input, overrides, pipeline, warn }, wiring, keys }: PortsInput,
  { nodes }: NodeGroup,
  isInner: (dataset: string) => boolean,
): StepInput[] {
  const { catalog } = input.snapshot;
  const isRoot = (dataset: string) => pipeline.inputs.includes(dataset);
  const readers = new Map(
    nodes.flatMap((node) => node.inputs.map((dataset) => [dataset, node] as const)).reverse(),
  );
  for (const [dataset, node] of readers) {
    if (dataAsset(dataset, ownValue(catalog, dataset))?.type === "uri_file" && !isRoot(dataset)) {
      throw fileAsset(dataset, node, "is written by a step");
    }
  }
  const read = nodes.flatMap((node) => node.inputs).filter((dataset) => !isInner(dataset));
  return [...uniqueNames(read, portName)].map(([dataset, name]): StepInput => {
    const source = wiring.sourceOf(dataset);
    const asset = dataAsset(dataset, ownValue(catalog, dataset));
    const type = asset?.type ??
      (isParameter(dataset) || (isRoot(dataset) && Object.hasOwn(catalog, dataset))
        ? "string"
        : "uri_folder");
    if (source !== undefined) {
      const from = { kind: "step", step: keys.get(source.group)!, output: source.output! } as const;
      return { name, dataset, type, from };
    }
    if (asset !== undefined) {
      const path = assetPath(asset, ownValue(overrides.loadVersions, dataset));
      return { name, dataset, type, from: { kind: "asset", path, type } };
    }
    if (type === "string") return { name, dataset, type, from: { kind: "literal", value: dataset } };
    const place = input.place(["jobs", input.definition.key, "pipeline"]);
    warn({ ...notInCatalog(dataset, readers.get(dataset)!), place });
    return { name, dataset, type, from: { kind: "undeclared", path: `azureml:${dataset}`, type } };
  });
}

function stepOutputs({ all: { input }, wiring, jobOutputs }: PortsInput, group: NodeGroup): StepOutput[] {
  const writers = new Map(
    group.nodes.flatMap((node) => node.outputs.map((dataset) => [dataset, node] as const)),
  );
  return [...wiring.outputsOf(group)].map(([dataset, name]) => {
    const asset = writtenAsset(dataset, ownValue(input.snapshot.catalog, dataset), writers.get(dataset)!);
    return {
      name,
      dataset,
      type: asset?.type ?? "uri_folder",
      asset: asset === undefined ? undefined : { name: asset.name, version: undefined },
      jobOutput: jobOutputs.get(dataset),
    };
  });
}

function assetPath(asset: DataAsset, loadVersion: string | undefined): string {
  const version = loadVersion ?? asset.version;
  return `azureml:${asset.name}${version === undefined || version === "latest" ? "@latest" : `:${version}`}`;
}

function notInCatalog(dataset: string, node: NodeSnapshot) {
  return {
    code: "compile.not_in_catalog",
    message:
      `Node "${node.name}" reads "${dataset}", which is neither written by a step of this job nor in the catalog`,
    hint: `Add "${dataset}" to the catalog, or select more nodes`,
  };
}
