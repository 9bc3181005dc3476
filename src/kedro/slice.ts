import { ExitCode, UserError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import {
  type NodeSnapshot,
  type PipelineSnapshot,
  type ProjectSnapshot,
  withoutTranscoding,
} from "./snapshot.ts";
import { pipelineOf } from "./toposort.ts";

/** The arguments of Kedro's `Pipeline.filter()`; a missing, `null` or empty filter selects everything. */
export interface SliceFilter {
  readonly tags?: readonly string[] | null;
  readonly from_nodes?: readonly string[] | null;
  readonly to_nodes?: readonly string[] | null;
  readonly node_names?: readonly string[] | null;
  readonly from_inputs?: readonly string[] | null;
  readonly to_outputs?: readonly string[] | null;
  readonly node_namespaces?: readonly string[] | null;
}

/**
 * Returns a registered pipeline by name.
 *
 * @throws {UserError} `pipeline.unknown`, with the registered names.
 */
export function pipelineNamed(snapshot: Pick<ProjectSnapshot, "pipelines">, name: string): PipelineSnapshot {
  const { pipelines } = snapshot;
  if (Object.hasOwn(pipelines, name)) return pipelines[name]!;
  const names = Object.keys(pipelines);
  throw new UserError(`Unknown pipeline "${name}"${didYouMean(name, names)}`, {
    code: "pipeline.unknown",
    exit: ExitCode.Config,
    details: [`Registered pipelines: ${names.join(", ") || "none"}`],
    hint: "Use a pipeline that the project's register_pipelines() returns",
    data: { pipelines: names },
  });
}

/**
 * Returns the nodes that match every filter, as Kedro's `Pipeline.filter()` does: each filter is applied to the whole
 * pipeline, and the results are intersected.
 *
 * @throws {UserError} `pipeline.unknown_node`, `pipeline.unknown_dataset`, `pipeline.unknown_namespace`,
 *   `pipeline.repeated_node`, or `pipeline.empty` if no node is left.
 */
export function slice(pipeline: PipelineSnapshot, filter: SliceFilter): PipelineSnapshot {
  const graph = graphOf(pipeline);
  const conditions: readonly (readonly [
    readonly string[] | null | undefined,
    (names: readonly string[]) => Set<NodeSnapshot>,
  ])[] = [
    [filter.tags, (names) => withTags(graph, names)],
    [filter.from_nodes, (names) => withDescendants(graph, named(graph, names))],
    [filter.to_nodes, (names) => withAncestors(graph, named(graph, names))],
    [filter.node_names, (names) => named(graph, names)],
    [filter.from_inputs, (names) => withDescendants(graph, readersOf(graph, names))],
    [filter.to_outputs, (names) => withAncestors(graph, writersOf(graph, names))],
    [filter.node_namespaces, (names) => withNamespaces(graph, names)],
  ];
  let kept = new Set(pipeline.nodes);
  for (const [names, select] of conditions) {
    if (names !== null && names !== undefined && names.length > 0) kept = kept.intersection(select(names));
  }
  if (kept.size === 0) throw nothingLeft(graph, filter);
  return pipelineOf(kept);
}

function nothingLeft(graph: Graph, { tags, from_inputs, to_outputs }: SliceFilter): UserError {
  const alone = [
    [tags, withTags, "has the tag"],
    [from_inputs, readersOf, "reads"],
    [to_outputs, writersOf, "writes"],
  ] as const;
  const found = alone.find(([names, select]) => names?.length && select(graph, names).size === 0);
  const what = found === undefined
    ? "matches all filters"
    : `${found[2]} ${found[0]!.map((name) => `"${name}"`).join(" or ")}`;
  return pipelineError(
    "empty",
    `No node of the pipeline ${what}`,
    "Change or omit the filter; `kedro-azureml inspect` prints all nodes",
  );
}

/** @internal A pipeline with lookup tables. */
interface Graph {
  readonly nodes: readonly NodeSnapshot[];
  readonly byName: ReadonlyMap<string, NodeSnapshot>;
  /** Nodes by dataset that they read, without formats. */
  readonly readers: ReadonlyMap<string, readonly NodeSnapshot[]>;
  /** The node that writes each dataset, by dataset without format. */
  readonly writer: ReadonlyMap<string, NodeSnapshot>;
  /** Names of datasets, with and without formats. */
  readonly datasets: ReadonlySet<string>;
}

function graphOf({ nodes }: PipelineSnapshot): Graph {
  const read = nodes.flatMap((node) => node.inputs.map((name) => ({ name: withoutTranscoding(name), node })));
  const all = nodes.flatMap((node) => [...node.inputs, ...node.outputs]);
  const readers = Map.groupBy(read, ({ name }) => name);
  return {
    nodes,
    byName: new Map(nodes.map((node) => [node.name, node])),
    readers: new Map([...readers].map(([name, found]) => [name, found.map(({ node }) => node)])),
    writer: new Map(nodes.flatMap((node) => node.outputs.map((name) => [withoutTranscoding(name), node]))),
    datasets: new Set([...all, ...all.map(withoutTranscoding)]),
  };
}

function withTags({ nodes }: Graph, tags: readonly string[]): Set<NodeSnapshot> {
  return new Set(nodes.filter((node) => node.tags.some((tag) => tags.includes(tag))));
}

function named({ byName }: Graph, names: readonly string[]): Set<NodeSnapshot> {
  const unknown = names.find((name) => !byName.has(name));
  if (unknown !== undefined) {
    const inNamespace = [...byName.keys()].filter((name) => name.endsWith(`.${unknown}`));
    const guess = inNamespace.length > 0
      ? ` (did you mean ${quoted(inNamespace)}?)`
      : didYouMean(unknown, byName.keys());
    throw pipelineError(
      "unknown_node",
      `Node "${unknown}" not found in the pipeline${guess}`,
      "Use node names as `kedro-azureml inspect` prints them",
    );
  }
  refuseRepeated(names);
  return new Set(names.map((name) => byName.get(name)!));
}

function withNamespaces({ nodes }: Graph, namespaces: readonly string[]): Set<NodeSnapshot> {
  const found = namespaces.map((wanted) =>
    nodes.filter(({ namespace }) => namespace !== null && `${namespace}.`.startsWith(`${wanted}.`))
  );
  const missing = namespaces[found.findIndex((each) => each.length === 0)];
  if (missing !== undefined) {
    const known = new Set(nodes.flatMap(({ namespace }) => prefixesOf(namespace)));
    throw pipelineError(
      "unknown_namespace",
      `Namespace "${missing}" not found in the pipeline${didYouMean(missing, known)}`,
      known.size === 0
        ? "Omit the namespace: no node of the pipeline has one"
        : `Use one of ${quoted([...known])}`,
    );
  }
  refuseRepeated(found.flat().map((node) => node.name));
  return new Set(found.flat());
}

function prefixesOf(namespace: string | null): readonly string[] {
  if (namespace === null) return [];
  const parts = namespace.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}

/** Kedro builds a new pipeline from the named nodes, which fails if a node appears twice. */
function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw pipelineError(
    "repeated_node",
    `Node "${repeated}" is selected twice`,
    "Name each node once, and no namespace inside another",
  );
}

function readersOf(graph: Graph, names: readonly string[]): Set<NodeSnapshot> {
  refuseUnknown(graph, names);
  return new Set(names.flatMap((name) => {
    const readers = graph.readers.get(withoutTranscoding(name)) ?? [];
    return name === withoutTranscoding(name) ? readers : readers.filter((node) => node.inputs.includes(name));
  }));
}

function writersOf(graph: Graph, names: readonly string[]): Set<NodeSnapshot> {
  refuseUnknown(graph, names);
  return new Set(names.flatMap((name) => {
    const writer = graph.writer.get(withoutTranscoding(name));
    if (writer === undefined) return [];
    return name === withoutTranscoding(name) || writer.outputs.includes(name) ? [writer] : [];
  }));
}

function refuseUnknown({ datasets }: Graph, names: readonly string[]): void {
  const unknown = names.find((name) => !datasets.has(name));
  if (unknown === undefined) return;
  throw pipelineError(
    "unknown_dataset",
    `Dataset "${unknown}" not found in the pipeline${didYouMean(unknown, datasets)}`,
    "Use a dataset that a node of the pipeline reads or writes",
  );
}

function withDescendants(graph: Graph, from: Set<NodeSnapshot>): Set<NodeSnapshot> {
  return reached(
    from,
    (node) => node.outputs.flatMap((name) => graph.readers.get(withoutTranscoding(name)) ?? []),
  );
}

function withAncestors(graph: Graph, from: Set<NodeSnapshot>): Set<NodeSnapshot> {
  return reached(
    from,
    (node) => node.inputs.flatMap((name) => graph.writer.get(withoutTranscoding(name)) ?? []),
  );
}

function reached(
  from: Set<NodeSnapshot>,
  next: (node: NodeSnapshot) => readonly NodeSnapshot[],
): Set<NodeSnapshot> {
  const found = new Set(from);
  // Iterating over a set includes items added during the iteration.
  for (const node of found) for (const each of next(node)) found.add(each);
  return found;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function pipelineError(code: string, message: string, hint: string): UserError {
  return new UserError(message, { code: `pipeline.${code}`, exit: ExitCode.Config, hint });
}
