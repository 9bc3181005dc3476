import { withoutTranscoding } from "../../kedro/dataset_name.ts";
import type { PipelineSnapshot } from "../../kedro/snapshot.ts";
import { portName, uniqueNames } from "./step_names.ts";

/** Who writes what in a pipeline, and who needs whom. */
export interface Wiring {
  /** Names of the nodes that each node needs. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** The step and output that a dataset comes from, if a step writes it. */
  sourceOf(dataset: string): { step: string; output: string } | undefined;
  /** Whether a dataset is an output of the whole pipeline. */
  isJobOutput(dataset: string): boolean;
}

/** Follows each dataset from the node that writes it; `table@spark` and `table@pandas` are one dataset, as in Kedro. */
export function findWiring(pipeline: PipelineSnapshot, stepKeys: ReadonlyMap<string, string>): Wiring {
  const sources = new Map<string, { node: string; step: string; output: string }>();
  for (const node of pipeline.nodes) {
    for (const [dataset, output] of uniqueNames(node.outputs, portName)) {
      sources.set(withoutTranscoding(dataset), { node: node.name, step: stepKeys.get(node.name)!, output });
    }
  }
  const free = new Set(pipeline.outputs.map(withoutTranscoding));
  return {
    dependencies: new Map(pipeline.nodes.map((node) => [
      node.name,
      new Set(node.inputs.flatMap((dataset) => sources.get(withoutTranscoding(dataset))?.node ?? [])),
    ])),
    sourceOf: (dataset) => {
      const found = sources.get(withoutTranscoding(dataset));
      return found === undefined ? undefined : { step: found.step, output: found.output };
    },
    isJobOutput: (dataset) => free.has(withoutTranscoding(dataset)),
  };
}
