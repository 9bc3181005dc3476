import { withoutTranscoding } from "../../kedro/snapshot.ts";
import type { GroupedNode, Step } from "./job_spec.ts";

/** A dataset that one node of a job writes and another reads. */
export interface NodeEdge<N extends GroupedNode> {
  readonly writer: N;
  readonly reader: N;
  /** The dataset's name as it is written, and as it is read: `table@spark` and `table@pandas` are one dataset. */
  readonly written: string;
  readonly read: string;
}

/** The nodes that a step runs, in order. */
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
