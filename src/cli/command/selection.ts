import type { Command } from "commander";
import type { Selection } from "../../config/azureml/types.ts";
import { UserError } from "../../core/errors.ts";
import { list, nodeNames } from "./argument_types.ts";

/** Nodes as typed, with the options of `kedro run`. */
export interface SelectionTyped {
  readonly pipeline?: string;
  readonly pipelines?: readonly string[];
  readonly nodes?: readonly string[];
  readonly tags?: readonly string[];
  readonly fromNodes?: readonly string[];
  readonly toNodes?: readonly string[];
  readonly fromInputs?: readonly string[];
  readonly toOutputs?: readonly string[];
  readonly namespaces?: readonly string[];
}

/** Adds the options of `kedro run` that select nodes. @param pipeline What `--pipeline` is for. */
export function selecting(command: Command, pipeline: string): Command {
  return command
    .optionsGroup("Nodes, as for `kedro run`:")
    .option("-p, --pipeline <name>", pipeline)
    .option("--pipelines <names>", "like `--pipeline`, with several pipelines", list)
    .option("-n, --nodes <names>", "only these nodes", nodeNames)
    .option("-t, --tags <names>", "only nodes with one of these tags", list)
    .option("--from-nodes <names>", "only these nodes and the nodes after them", nodeNames)
    .option("--to-nodes <names>", "only these nodes and the nodes before them", nodeNames)
    .option("--from-inputs <names>", "only nodes downstream of these datasets", list)
    .option("--to-outputs <names>", "only nodes upstream of these datasets", list)
    .option("--namespaces <names>", "only nodes in these namespaces", nodeNames)
    .optionsGroup("Options:");
}

type SelectionRequest<T> = T extends unknown
  ? Omit<T, keyof SelectionTyped> & { readonly selection?: Selection }
  : never;

/**
 * Collects the options that select nodes in one value, absent if there are none.
 *
 * @throws {UserError} `usage.pipelines` for `--pipeline` with `--pipelines`, as `kedro run`.
 */
export function selectionRequest<T extends SelectionTyped>(typed: T): SelectionRequest<T> {
  const { pipeline, pipelines, nodes, tags, fromNodes, toNodes, ...others } = typed;
  const { fromInputs, toOutputs, namespaces, ...rest } = others;
  if (pipeline !== undefined && pipelines !== undefined) {
    throw new UserError("`--pipeline` cannot be combined with `--pipelines`", {
      code: "usage.pipelines",
      hint: `Use \`--pipelines ${[pipeline, ...pipelines].join(",")}\``,
    });
  }
  const selected: Readonly<Record<keyof Selection, readonly string[] | undefined>> = {
    pipelines: pipeline ? [pipeline] : pipelines,
    tags,
    from_nodes: fromNodes,
    to_nodes: toNodes,
    node_names: nodes,
    from_inputs: fromInputs,
    to_outputs: toOutputs,
    node_namespaces: namespaces,
  };
  const entries = Object.entries(selected).filter(([, names]) => names !== undefined && names.length > 0);
  const selection: Selection = Object.fromEntries(entries);
  return { ...rest, ...(entries.length > 0 && { selection }) } as unknown as SelectionRequest<T>;
}
