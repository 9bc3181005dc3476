import { type PipelineSnapshot, withoutTranscoding } from "../../../kedro/snapshot.ts";
import type { NodeGroup } from "../groups/names.ts";
import { portName, uniqueNames } from "./step_and_port_names.ts";

/** Which group writes each dataset, and which groups depend on each other. */
export interface Wiring {
  /** Names of the groups that each group depends on. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** The group that writes a dataset; `undefined` if none does. */
  sourceOf(dataset: string): DatasetSource | undefined;
  /** A group's output names by dataset; datasets that only a group of several nodes itself uses are omitted. */
  outputsOf(group: NodeGroup): ReadonlyMap<string, string>;
  /** Whether a dataset is an output of the whole pipeline. */
  isJobOutput(dataset: string): boolean;
}

/** Where a dataset comes from. */
export interface DatasetSource {
  /** Name of the group. */
  readonly group: string;
  /** The dataset as the writer names it: `table@spark` and `table@pandas` are one dataset. */
  readonly dataset: string;
  /** The name of the step's output; `undefined` if the data is used only inside the step. */
  readonly output: string | undefined;
}

/** The input of finding the wiring. */
export interface WiringInput {
  readonly pipeline: PipelineSnapshot;
  readonly groups: readonly NodeGroup[];
  /** Whether a dataset is an output of its step even if only the step itself reads it. */
  readonly isAlwaysOutput: (dataset: string) => boolean;
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
export function findWiring({ pipeline, groups, isAlwaysOutput }: WiringInput): Wiring {
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
    sourceOf: (dataset) => sources.get(withoutTranscoding(dataset)),
    outputsOf: ({ name }) => outputs.get(name)!,
    isJobOutput,
  };
}
