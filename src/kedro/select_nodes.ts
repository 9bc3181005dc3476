import { changedError, inQuotes, tryParse, UserError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import { slice, type SliceFilter, type SliceLabels } from "./slice.ts";
import type { NodeSnapshot, PipelineSnapshot, ProjectSnapshot } from "./snapshot.ts";
import { pipelineOf } from "./toposort.ts";

type Pipelines = Pick<ProjectSnapshot, "pipelines">;

/** A registered pipeline by name. @throws {UserError} `pipeline.unknown`, with the registered names. */
export function pipelineNamed(snapshot: Pipelines, name: string): PipelineSnapshot {
  const { pipelines } = snapshot;
  if (Object.hasOwn(pipelines, name)) return pipelines[name]!;
  const names = Object.keys(pipelines);
  throw new UserError(`Unknown pipeline "${name}"${didYouMean(name, names)}`, {
    code: "pipeline.unknown",
    details: [`Registered pipelines: ${names.join(", ") || "none"}`],
    hint: "Use one of the registered pipelines above",
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

/** Whether two nodes are one for Kedro. */
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
