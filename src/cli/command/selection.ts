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

/**
 * The nodes that the options select; `undefined` if none was given.
 *
 * @throws {UserError} `usage.pipelines` for `--pipeline` with `--pipelines`, as `kedro run`.
 */
export function selectionRequest(typed: SelectionTyped): Selection | undefined {
  const { pipeline, pipelines, nodes, tags, fromNodes, toNodes, fromInputs, toOutputs, namespaces } = typed;
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
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
