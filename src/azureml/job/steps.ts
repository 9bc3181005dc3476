import { sortedByNeeds } from "../../core/graph.ts";
import { type Fields, fields } from "../../core/json.ts";
import { bindingOf, groupedNodes } from "../../core/run.ts";
import { withoutTranscoding } from "../../kedro/snapshot.ts";
import type { GroupedNode, JobSpec, Step } from "./job_spec.ts";

/** A step of a submitted job, as far as the job's body describes it. */
export interface JobStep {
  /** Key in the job. */
  readonly key: string;
  /** Name for display: its Kedro node, if the job says so. */
  readonly label: string;
  /** Name of the compute that it runs on, if it has its own. */
  readonly compute: string | undefined;
  /** Keys of the steps that it depends on. */
  readonly needs: readonly string[];
  /** The Kedro nodes that it runs in sequence; absent if it runs one. */
  readonly nodes?: readonly string[] | undefined;
}

/** The steps of a job in graph order: none before one that it depends on, else in the order of the body. */
export function stepsOf({ properties }: { readonly properties: Fields }): readonly JobStep[] {
  const nodes = Object.entries(fields(properties.jobs));
  const keys = new Set(nodes.map(([key]) => key));
  const steps = new Map(nodes.map(([key, node]) => [key, toStep(key, fields(node), keys)]));
  // Azure ML accepts no cycle; if a body has one anyway, its steps keep their order.
  const { sorted, cyclic } = sortedByNeeds(keys, (key) => steps.get(key)!.needs);
  return [...sorted, ...cyclic].map((key) => steps.get(key)!);
}

function toStep(
  key: string,
  { display_name: name, computeId, inputs, environment_variables: variables }: Fields,
  keys: ReadonlySet<string>,
): JobStep {
  const bound = Object.values(fields(inputs)).flatMap((input) => bindingOf(fields(input).value).step ?? []);
  const needs = [...new Set(bound)].filter((key) => keys.has(key));
  return {
    key,
    label: typeof name === "string" && name !== "" ? name : nodeOfKey(key),
    compute: typeof computeId === "string" ? computeId.split("/").at(-1) || undefined : undefined,
    needs,
    nodes: groupedNodes(variables),
  };
}

/**
 * The Kedro node of a step without a display name, from its key: Kedro names a node without a name `function__hash`, of
 * which a key keeps one underscore.
 */
export function nodeOfKey(key: string): string {
  return key.replace(/_(?=[0-9a-f]{8}$)(?=\d*[a-f])/, "__");
}

/** The steps of a job that was compiled here, labeled with their Kedro nodes. */
export function stepsOfSpec({ steps }: JobSpec): readonly JobStep[] {
  return steps.map(({ key, node, nodes, compute, inputs }) => ({
    ...nodes !== undefined && { nodes: nodes.map(({ name }) => name) },
    key,
    label: node,
    compute,
    needs: [...new Set(inputs.flatMap(({ from }) => from.kind === "step" ? [from.step] : []))],
  }));
}

/** Finds a step by its key, its label or a node that it runs; else by another spelling of its key or label. */
export function stepNamed(steps: readonly JobStep[], name: string): JobStep | undefined {
  const alike = normalizedName(name);
  return steps.find(({ key, label }) => [key, label].includes(name)) ??
    steps.find(({ nodes }) => nodes?.includes(name)) ??
    steps.find(({ key }) => normalizedName(key) === alike) ??
    steps.find(({ label }) => normalizedName(label) === alike);
}

/** Lowercase letters and digits joined by `_`, as Azure ML derives a key from a name. */
export function normalizedName(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
}

/** A dataset that one node of a job writes and another reads. */
export interface NodeEdge<N extends GroupedNode> {
  readonly writer: N;
  readonly reader: N;
  /** The dataset's name as it is written, and as it is read: `table@spark` and `table@pandas` are one dataset. */
  readonly written: string;
  readonly read: string;
}

export function nodesOfStep(step: Step): readonly GroupedNode[] {
  if (step.nodes !== undefined) return step.nodes;
  const [inputs, outputs] = [step.inputs, step.outputs].map((ports) => ports.map(({ dataset }) => dataset));
  return [{ name: step.node, inputs: inputs!, outputs: outputs! }];
}

/** The datasets that go from node to node, by the node that reads; each once for a node. */
export function nodeEdges<N extends GroupedNode>(nodes: readonly N[]): NodeEdge<N>[] {
  const written = new Map(
    nodes.flatMap((writer) =>
      writer.outputs.map((dataset) => [withoutTranscoding(dataset), { writer, written: dataset }] as const)
    ),
  );
  return nodes.flatMap((reader) =>
    [...new Set(reader.inputs)].flatMap((read) => {
      const writer = written.get(withoutTranscoding(read));
      return writer === undefined ? [] : [{ ...writer, reader, read }];
    })
  );
}
