import { WRITTEN_ASSET_NAME, WRITTEN_ASSET_NAME_RULE } from "../../../core/azure_limits.ts";
import { UserError } from "../../../core/errors.ts";
import { isRawJson, ownValue } from "../../../core/json.ts";
import { isParameter } from "../../../core/loader_settings.ts";
import { asText } from "../../../core/secrets.ts";
import { nearest } from "../../../core/suggest.ts";
import {
  type CatalogEntry,
  type NodeSnapshot,
  type PipelineSnapshot,
  withoutTranscoding,
} from "../../../kedro/snapshot.ts";
import type { StepInput, StepOutput } from "../job_spec.ts";
import { type NodeGroup, portName, uniqueNames } from "../names.ts";
import type { StepsInput } from "./input.ts";

export type StepPorts = ReturnType<typeof stepPorts>;

interface PortsInput {
  readonly all: StepsInput;
  readonly wiring: ReturnType<typeof findWiring>;
  /** Keys of the steps, by group name. */
  readonly keys: ReadonlyMap<string, string>;
  readonly jobOutputs: ReadonlyMap<string, string>;
}

export function stepPorts(input: PortsInput, group: NodeGroup) {
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
    /** A node's datasets that are folders, with their paths; a dataset that it reads twice is listed twice. */
    mountsOf: (node: NodeSnapshot) => ({
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
    // compile.not_in_catalog: A dataset between steps is not in the catalog, so it becomes a pickle file. Add
    //   it if that is not what you want.
    code: "compile.not_in_catalog",
    message:
      `Node "${node.name}" reads "${dataset}", which is neither written by a step of this job nor in the catalog`,
    hint: `Add "${dataset}" to the catalog, or select more nodes`,
  };
}

interface DataAsset {
  readonly name: string;
  readonly type: "uri_file" | "uri_folder";
  /** The entry's `azureml_version`. */
  readonly version: string | undefined;
}

/** Which of the plugin's datasets a `type` is, by name: which classes derive from them is known only to Python. */
export function pluginDataset(type: unknown): string | undefined {
  return typeof type === "string" ? /(?:^|\.)AzureML(Asset|Pipeline)Dataset$/.exec(type)?.[1] : undefined;
}

export function isAssetType(type: unknown): boolean {
  return pluginDataset(type) === "Asset";
}

/**
 * Reads a catalog entry as a data asset; `undefined` for other kinds of datasets.
 *
 * @throws {UserError} `catalog.data_asset` if a field is not valid for the plugin's dataset.
 */
export function dataAsset(dataset: string, entry: CatalogEntry | undefined): DataAsset | undefined {
  if (!isAssetType(entry?.type)) return undefined;
  const { azureml_dataset: name, azureml_type: kind = "uri_folder", azureml_version: version = null } =
    entry!;
  if (typeof name !== "string" || name === "") {
    const typed = name === undefined ? nearest("azureml_dataset", Object.keys(entry!), 3) : undefined;
    throw refused(dataset, "azureml_dataset", name, "the name of a data asset", typed);
  }
  if (kind !== "uri_file" && kind !== "uri_folder") {
    throw refused(dataset, "azureml_type", kind, '"uri_file" or "uri_folder"');
  }
  if (version !== null && typeof version !== "string" && typeof version !== "number" && !isRawJson(version)) {
    throw refused(dataset, "azureml_version", version, "a version");
  }
  return { name, type: kind, version: version === null ? undefined : asText(version) };
}

/**
 * Reads a catalog entry as a data asset that a step writes: it must be a folder, and its name one that azure-ai-ml 1.35
 * accepts for an output.
 *
 * @throws {UserError} `catalog.data_asset`, `compile.uri_file`, `compile.asset_name`.
 */
export function writtenAsset(
  dataset: string,
  entry: CatalogEntry | undefined,
  node: NodeSnapshot,
): DataAsset | undefined {
  const asset = dataAsset(dataset, entry);
  if (asset?.type === "uri_file") throw fileAsset(dataset, node, "is an output");
  if (asset === undefined || WRITTEN_ASSET_NAME.test(asset.name)) return asset;
  throw new UserError(
    `Node "${node.name}" writes "${dataset}" to data asset "${asset.name}", which is not a valid output name: ${WRITTEN_ASSET_NAME_RULE}`,
    {
      // compile.asset_name: The name of a data asset is not a valid output name. Rename the asset in the
      //   catalog.
      code: "compile.asset_name",
      hint: `Change \`azureml_dataset\` of "${dataset}" in the catalog`,
      data: { dataset, key: "azureml_dataset" },
    },
  );
}

/** The error for a `uri_file` asset that a step writes. */
function fileAsset(dataset: string, node: NodeSnapshot, what: string): UserError {
  return new UserError(
    `Node "${node.name}": "${dataset}" ${what}, so its azureml_type cannot be "uri_file"`,
    {
      // compile.uri_file: A `uri_file` asset cannot be used this way. Use `uri_folder`.
      code: "compile.uri_file",
      hint: `Set \`azureml_type: uri_folder\` for "${dataset}" in the catalog`,
      data: { dataset, key: "azureml_type" },
    },
  );
}

/** @param typed The key that is probably meant to be this one. */
function refused(dataset: string, key: string, value: unknown, allowed: string, typed?: string): UserError {
  return new UserError(
    `Dataset "${dataset}": "${key}" is ${
      value === undefined ? "missing" : JSON.stringify(value)
    }; it must be ${allowed}`,
    {
      // catalog.data_asset: A key of an AzureMLAssetDataset has an invalid value. Change it in the catalog.
      code: "catalog.data_asset",
      hint: typed === undefined
        ? `Change "${key}" of "${dataset}" in the catalog`
        : `Rename "${typed}" to "${key}"`,
      data: { dataset, key: typed ?? key },
    },
  );
}

interface DatasetSource {
  readonly group: string;
  /** The dataset as the writer names it: `table@spark` and `table@pandas` are one dataset. */
  readonly dataset: string;
  /** The name of the step's output; `undefined` if the data is used only inside the step. */
  readonly output: string | undefined;
}

/** Names of the nodes that each node depends on, as Kedro determines them. */
export function nodeDependencies({ nodes }: PipelineSnapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const writers = new Map(
    nodes.flatMap(({ name, outputs }) => outputs.map((dataset) => [withoutTranscoding(dataset), name])),
  );
  return new Map(
    nodes.map(({ name, inputs }) => [
      name,
      new Set(inputs.flatMap((dataset) => writers.get(withoutTranscoding(dataset)) ?? [])),
    ]),
  );
}

/** Finds the group that writes each dataset. As in Kedro, `table@spark` and `table@pandas` are the same. */
export function findWiring({ pipeline, groups, isAlwaysOutput }: {
  readonly pipeline: PipelineSnapshot;
  readonly groups: readonly NodeGroup[];
  /** Whether a dataset is an output of its step even if only the step itself reads it. */
  readonly isAlwaysOutput: (dataset: string) => boolean;
}) {
  const free = new Set(pipeline.outputs.map(withoutTranscoding));
  const readers = new Map<string, Set<string>>();
  for (const { name, nodes } of groups) {
    for (const dataset of nodes.flatMap(({ inputs }) => inputs)) {
      const bare = withoutTranscoding(dataset);
      readers.set(bare, (readers.get(bare) ?? new Set()).add(name));
    }
  }
  const isJobOutput = (dataset: string) => free.has(withoutTranscoding(dataset));
  const leaves = (dataset: string, { name, nodes }: NodeGroup) =>
    nodes.length === 1 || isJobOutput(dataset) || isAlwaysOutput(dataset) ||
    [...readers.get(withoutTranscoding(dataset)) ?? []].some((reader) => reader !== name);
  const outputs = new Map(groups.map((group) => {
    const written = group.nodes.flatMap((node) => node.outputs).filter((dataset) => leaves(dataset, group));
    return [group.name, uniqueNames(written, portName)] as const;
  }));
  const sources = new Map(
    groups.flatMap(({ name, nodes }) =>
      nodes.flatMap((node) => node.outputs).map((dataset): [string, DatasetSource] => [
        withoutTranscoding(dataset),
        { group: name, dataset, output: outputs.get(name)!.get(dataset) },
      ])
    ),
  );
  const needsOf = ({ name, nodes }: NodeGroup) =>
    nodes.flatMap(({ inputs }) => inputs)
      .flatMap((dataset) => sources.get(withoutTranscoding(dataset))?.group ?? [])
      .filter((source) => source !== name);
  return {
    dependencies: new Map(groups.map((group) => [group.name, new Set(needsOf(group))])),
    sourceOf: (dataset: string) => sources.get(withoutTranscoding(dataset)),
    /** A group's output names by dataset, without those of datasets that only a group of several nodes itself uses. */
    outputsOf: ({ name }: NodeGroup) => outputs.get(name)!,
    isJobOutput,
  };
}
