import { type NodeSnapshot, type PipelineSnapshot, withoutTranscoding } from "./snapshot.ts";
import { compareText } from "../core/text/names.ts";

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
  const sorted = [...all].sort((a, b) => compareText(a.name, b.name));
  const ordered: NodeSnapshot[] = [];
  const done = new Set<string>();
  for (let left = sorted;;) {
    const group = left.filter((node) => parents.get(node.name)!.isSubsetOf(done));
    // Kedro rejects cycles when it creates a pipeline, but a snapshot file could contain one.
    if (group.length === 0) break;
    for (const node of group) done.add(node.name);
    ordered.push(...group);
    left = left.filter((node) => !done.has(node.name));
  }
  return {
    nodes: ordered.map((node) => ({ ...node, depends_on: inOrder(parents.get(node.name)!) })),
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
