import { changedError, inQuotes, tryParse, UserError } from "../core/errors.ts";
import { sortedByNeeds } from "../core/graph.ts";
import { compareText, prefixesOf } from "../core/text_match.ts";
import { didYouMean, nearest } from "../core/suggest.ts";
import {
  leftOutPipeline,
  type NodeSnapshot,
  type PipelineSnapshot,
  type ProjectSnapshot,
  withoutTranscoding,
} from "./snapshot.ts";

type Pipelines = Pick<ProjectSnapshot, "pipelines"> & Partial<Pick<ProjectSnapshot, "warnings">>;

/** A registered pipeline by name. @throws {UserError} `pipeline.unknown`, with the registered names. */
export function pipelineNamed(snapshot: Pipelines, name: string): PipelineSnapshot {
  const { pipelines } = snapshot;
  if (Object.hasOwn(pipelines, name)) return pipelines[name]!;
  const names = Object.keys(pipelines);
  const leftOut = snapshot.warnings?.find((warning) => leftOutPipeline(warning) === name);
  const meant = leftOut === undefined ? didYouMean(name, names) : `. ${leftOut.message}`;
  throw new UserError(`Unknown pipeline "${name}"${meant}`, {
    // pipeline.unknown: The project has no such pipeline. Use one of those that the message lists.
    code: "pipeline.unknown",
    details: [`Registered pipelines: ${names.join(", ") || "none"}`],
    hint: meant === "" ? "Use one of the registered pipelines above" : undefined,
    place: leftOut?.place,
    data: { pipelines: names },
  });
}

/**
 * Returns the nodes that `kedro run` would run: of the sum of these pipelines, those that match every filter.
 *
 * @throws {UserError} `pipeline.unknown`; as {@linkcode slice}, and `pipeline.empty` for a pipeline without nodes.
 */
export function selectNodes(
  snapshot: Pipelines,
  names: readonly string[],
  filter: SliceFilter,
  labels: Pick<SliceLabels, "filter"> = {},
): PipelineSnapshot {
  const whole = sumOf(names.map((name) => pipelineNamed(snapshot, name)));
  const pipeline = `${names.length === 1 ? "pipeline" : "pipelines"} ${inQuotes(names, " and ")}`;
  try {
    return slice(whole, filter, { ...labels, pipeline });
  } catch (thrown) {
    throw thrown instanceof UserError ? withOtherPipeline(snapshot, filter, thrown) : thrown;
  }
}

/**
 * The nodes of all these pipelines, each once, as Kedro adds pipelines.
 *
 * @throws {UserError} `pipeline.no_sum` for different nodes with one name or one output.
 */
export function sumOf(pipelines: readonly PipelineSnapshot[]): PipelineSnapshot {
  if (pipelines.length === 1) return pipelines[0]!;
  const nodes = new Map<string, NodeSnapshot>();
  const writers = new Map<string, NodeSnapshot>();
  for (const node of pipelines.flatMap(({ nodes }) => nodes)) {
    const other = nodes.get(node.name) ?? writers.get(node.outputs.find((name) => writers.has(name)) ?? "");
    if (other !== undefined && !isSame(node, other)) throw noSum(node, other);
    nodes.set(node.name, node);
    for (const name of node.outputs) writers.set(name, node);
  }
  return pipelineOf(nodes.values());
}

function isSame(one: NodeSnapshot, other: NodeSnapshot): boolean {
  const [left, right] = [one, other].map(({ name, func, inputs, outputs }) => [name, func, inputs, outputs]);
  return JSON.stringify(left) === JSON.stringify(right);
}

function noSum({ name, outputs }: NodeSnapshot, other: NodeSnapshot): UserError {
  return new UserError("These pipelines cannot run as one", {
    code: "pipeline.no_sum",
    details: [
      name === other.name
        ? `they have different nodes with the name "${name}"`
        : `nodes "${other.name}" and "${name}" both write "${
          outputs.find((output) => other.outputs.includes(output))
        }"`,
    ],
    hint: "Run them one after the other",
  });
}

/** Adds the name of another pipeline to an error, if the filters match nodes of that one. */
function withOtherPipeline(snapshot: Pipelines, filter: SliceFilter, error: UserError): UserError {
  if (Object.values(filter).every((names) => !names?.length)) return error;
  const other = Object.entries(snapshot.pipelines).find(([, pipeline]) =>
    tryParse(() => slice(pipeline, filter)) !== undefined
  );
  if (other === undefined) return error;
  return changedError(error, {
    message: error.message.split(" (did you mean")[0]!,
    hint: `Use pipeline "${other[0]}", which has nodes that match`,
  });
}

/** The arguments of Kedro's `Pipeline.filter()`; a missing, `null` or empty filter selects everything. */
export type SliceFilter = {
  readonly [
    Key in
      | "tags"
      | "from_nodes"
      | "to_nodes"
      | "node_names"
      | "from_inputs"
      | "to_outputs"
      | "node_namespaces"
  ]?: readonly string[] | null;
};

interface SliceLabels {
  /** The pipeline (default: "the pipeline"). */
  readonly pipeline?: string;
  /** A filter (default: its key). */
  readonly filter?: (key: keyof SliceFilter) => string;
}

/**
 * Returns the nodes that match every filter, as Kedro's `Pipeline.filter()` does: each filter is applied to the whole
 * pipeline, and the results are intersected.
 *
 * @throws {UserError} `pipeline.unknown_node`, `pipeline.unknown_dataset`, `pipeline.unknown_namespace`,
 *   `pipeline.repeated_node`, or `pipeline.empty` if no node is left.
 */
export function slice(
  pipeline: PipelineSnapshot,
  filter: SliceFilter,
  labels: SliceLabels = {},
): PipelineSnapshot {
  const graph = graphOf(pipeline, labels.pipeline);
  const matches = FILTERS.flatMap(([key, select]): Match[] => {
    const names = filter[key] ?? [];
    return names.length === 0 ? [] : [{ key, names, nodes: select(graph, names) }];
  });
  let kept = new Set(pipeline.nodes);
  for (const { nodes } of matches) kept = kept.intersection(nodes);
  if (kept.size === 0) throw nothingLeft(graph, matches, labels);
  return pipelineOf(kept);
}

interface Match {
  readonly key: keyof SliceFilter;
  readonly names: readonly string[];
  readonly nodes: ReadonlySet<NodeSnapshot>;
}

/** The filters, in the order in which Kedro applies them. */
const FILTERS: readonly (readonly [
  keyof SliceFilter,
  (graph: Graph, names: readonly string[]) => Set<NodeSnapshot>,
])[] = [
  ["tags", withTags],
  ["from_nodes", (graph, names) => reached(graph, nodesNamed(graph, names), "outputs", "inputs")],
  ["to_nodes", (graph, names) => reached(graph, nodesNamed(graph, names), "inputs", "outputs")],
  ["node_names", nodesNamed],
  ["from_inputs", (graph, names) => reached(graph, nodesWith(graph, names, "inputs"), "outputs", "inputs")],
  ["to_outputs", (graph, names) => reached(graph, nodesWith(graph, names, "outputs"), "inputs", "outputs")],
  ["node_namespaces", withNamespaces],
];

/** How the error for a filter that matches no node continues: no node "has the tag" or "reads" something. */
const LACKED = { tags: "has the tag", from_inputs: "reads", to_outputs: "writes" } as const;

function nothingLeft(
  graph: Graph,
  matches: readonly Match[],
  { filter: label = (key) => key }: SliceLabels,
): UserError {
  const { label: pipeline, nodes } = graph;
  const none = matches.find((match): match is Match & { key: keyof typeof LACKED } =>
    match.nodes.size === 0 && match.key in LACKED
  );
  const names = none?.names ?? [];
  const tags = [...new Set(nodes.flatMap((node) => node.tags))].sort();
  const isTag = none?.key === "tags";
  const what = none === undefined
    ? matches.length === 0 ? undefined : "matches all filters"
    : `${LACKED[none.key]} ${inQuotes(names, " or ")}`;
  return pipelineError(
    "pipeline.empty",
    what === undefined
      ? `${pipeline[0]!.toUpperCase()}${pipeline.slice(1)} has no nodes`
      : `No node of ${pipeline} ${what}${isTag ? didYouMean(names[0]!, tags) : ""}`,
    isTag && tags.length > 0
      ? `Use one of its tags: ${listed(tags)}`
      : "Change or omit the filter; `kedro-azureml inspect` prints all nodes",
    none === undefined
      ? matches.map(({ key, names, nodes }) => `${label(key)} ${names.join(",")}: ${nodesText(nodes)}`)
      : [],
  );
}

/** Most nodes, tags or namespaces that a message names. */
const MOST_NAMED = 6;

export function nodesText(nodes: Iterable<NodeSnapshot>): string {
  const names = [...nodes].map(({ name }) => name);
  return `${names.length} ${names.length === 1 ? "node" : "nodes"} (${listed(names)})`;
}

function listed(names: readonly string[]): string {
  return (names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED - 1), "…"] : names).join(", ");
}

type Side = "inputs" | "outputs";

/** A pipeline with lookup tables. */
type Graph = ReturnType<typeof graphOf>;

function graphOf({ nodes }: PipelineSnapshot, label = "the pipeline") {
  const all = nodes.flatMap((node) => [...node.inputs, ...node.outputs]);
  const byDataset = (side: Side) => {
    const pairs = nodes.flatMap((node) =>
      node[side].map((name) => ({ name: withoutTranscoding(name), node }))
    );
    const groups = Map.groupBy(pairs, ({ name }) => name);
    return new Map([...groups].map(([name, found]) => [name, found.map(({ node }) => node)]));
  };
  return {
    /** How messages name the pipeline. */
    label,
    nodes,
    byName: new Map(nodes.map((node) => [node.name, node])),
    /** Nodes by dataset, without its format, that they read and that they write. */
    byDataset: { inputs: byDataset("inputs"), outputs: byDataset("outputs") },
    /** Names of datasets, with and without formats. */
    datasets: new Set([...all, ...all.map(withoutTranscoding)]),
  };
}

function withTags({ nodes }: Graph, tags: readonly string[]): Set<NodeSnapshot> {
  return new Set(nodes.filter((node) => node.tags.some((tag) => tags.includes(tag))));
}

function nodesNamed({ byName, label }: Graph, names: readonly string[]): Set<NodeSnapshot> {
  const unknown = names.find((name) => !byName.has(name));
  if (unknown !== undefined) {
    throw pipelineError(
      // pipeline.unknown_node: The pipeline has no such node. Correct the filter or the option.
      "pipeline.unknown_node",
      `Node "${unknown}" not found in ${label}${guessNode(unknown, [...byName.keys()])}`,
      "Use node names as `kedro-azureml inspect` prints them",
    );
  }
  refuseRepeated(names);
  return new Set(names.map((name) => byName.get(name)!));
}

/** Suggests nodes of this name in namespaces, else the most similar name, else names that contain it. */
function guessNode(typed: string, names: readonly string[]): string {
  const inNamespace = names.filter((name) => name.endsWith(`.${typed}`));
  const close = nearest(typed, names);
  const tail = nearest(typed, names.map((name) => name.split(".").at(-1)!));
  const alike = names.filter((name) => tail !== undefined && name.endsWith(`.${tail}`));
  const containing = typed.length < 4 ? [] : names.filter((name) => name.includes(typed));
  const meant = [inNamespace, close === undefined ? [] : [close], alike, containing].find((some) =>
    some.length > 0
  );
  return meant === undefined || meant.length > MOST_NAMED ? "" : ` (did you mean ${inQuotes(meant)}?)`;
}

function withNamespaces({ nodes, label }: Graph, namespaces: readonly string[]): Set<NodeSnapshot> {
  const selected = namespaces.map((wanted) =>
    nodes.filter(({ namespace }) => namespace !== null && `${namespace}.`.startsWith(`${wanted}.`))
  );
  const missing = namespaces[selected.findIndex((each) => each.length === 0)];
  if (missing !== undefined) {
    const prefixes = new Set(
      nodes.flatMap(({ namespace }) => namespace === null ? [] : prefixesOf(namespace)),
    );
    throw pipelineError(
      // pipeline.unknown_namespace: The pipeline has no such namespace. Correct `node_namespaces` or
      //   `--namespaces`.
      "pipeline.unknown_namespace",
      `Namespace "${missing}" not found in ${label}${didYouMean(missing, prefixes)}`,
      prefixes.size === 0
        ? "Omit the namespace: no node of the pipeline has one"
        : `Use one of ${listed([...prefixes].map((prefix) => `"${prefix}"`))}`,
    );
  }
  refuseRepeated(selected.flat().map((node) => node.name));
  return new Set(selected.flat());
}

/** Kedro builds a new pipeline from the named nodes, which fails if a node appears twice. */
function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw pipelineError(
    // pipeline.repeated_node: A node is selected twice. Name it once.
    "pipeline.repeated_node",
    `Node "${repeated}" is selected twice`,
    "Name each node once, and no namespace inside another",
  );
}

/** The nodes that read (`inputs`) or write (`outputs`) datasets; with a format, only those that use the format. */
function nodesWith(graph: Graph, names: readonly string[], side: Side): Set<NodeSnapshot> {
  const { datasets, label } = graph;
  const unknown = names.find((name) => !datasets.has(name));
  if (unknown !== undefined) {
    throw pipelineError(
      // pipeline.unknown_dataset: The pipeline has no such dataset. Correct `from_inputs` or `to_outputs`, or
      //   the option.
      "pipeline.unknown_dataset",
      `Dataset "${unknown}" not found in ${label}${didYouMean(unknown, datasets)}`,
      "Use a dataset that a node of the pipeline reads or writes",
    );
  }
  return new Set(names.flatMap((name) => {
    const nodes = graph.byDataset[side].get(withoutTranscoding(name)) ?? [];
    return name === withoutTranscoding(name) ? nodes : nodes.filter((node) => node[side].includes(name));
  }));
}

/** These nodes, and all that follow through the datasets on one side of each to the other side of the next. */
function reached({ byDataset }: Graph, from: Set<NodeSnapshot>, side: Side, other: Side): Set<NodeSnapshot> {
  const nodes = new Set(from);
  // Iterating over a set includes items added during the iteration.
  for (const node of nodes) {
    for (const name of node[side]) {
      for (const next of byDataset[other].get(withoutTranscoding(name)) ?? []) nodes.add(next);
    }
  }
  return nodes;
}

function pipelineError(
  code: string,
  message: string,
  hint: string,
  details: readonly string[] = [],
): UserError {
  return new UserError(message, { code, hint, details });
}

/**
 * Builds a pipeline from nodes, sorted as in Kedro: in groups that depend only on earlier groups, each sorted by name.
 *
 * The free inputs and outputs, and what each node depends on, are computed from the nodes.
 */
export function pipelineOf(nodes: Iterable<NodeSnapshot>): PipelineSnapshot {
  const all = [...nodes];
  const producer = new Map(
    all.flatMap((node) => node.outputs.map((name) => [withoutTranscoding(name), node.name])),
  );
  const waitsFor = (node: NodeSnapshot) =>
    new Set(node.inputs.flatMap((name) => producer.get(withoutTranscoding(name)) ?? []));
  const parents = new Map(all.map((node) => [node.name, waitsFor(node)]));
  const byName = new Map(
    all.toSorted((a, b) => compareText(a.name, b.name)).map((node) => [node.name, node]),
  );
  // Kedro rejects cycles when it creates a pipeline, but a snapshot file could contain one.
  const { sorted } = sortedByNeeds(byName.keys(), (name) => parents.get(name)!);
  return {
    nodes: sorted.map((name) => ({ ...byName.get(name)!, depends_on: inOrder(parents.get(name)!) })),
    ...freeOf(all),
  };
}

/** Datasets that are only read, and datasets that are only written, sorted. */
function freeOf(nodes: readonly NodeSnapshot[]): Pick<PipelineSnapshot, "inputs" | "outputs"> {
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const written = new Set(nodes.flatMap((node) => node.outputs));
  const between = bare(read).intersection(bare(written));
  const free = (names: Set<string>) =>
    inOrder([...names].filter((name) => !between.has(withoutTranscoding(name))));
  return { inputs: free(read), outputs: free(written) };
}

function bare(names: Iterable<string>): Set<string> {
  return new Set([...names].map(withoutTranscoding));
}

function inOrder(names: Iterable<string>): readonly string[] {
  return [...names].sort(compareText);
}
