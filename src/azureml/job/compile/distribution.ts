import { UserError, type Warning } from "../../../core/errors.ts";
import { isFields, isRawJson, ownValue } from "../../../core/json.ts";
import type { Json, NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { Distribution } from "../job_spec.ts";

type Parameters = Readonly<Record<string, Json>>;

/**
 * How to start a node with `@distributed_job`; `undefined` for an ordinary node.
 *
 * Node and process counts may be `params:name`, which is looked up in the node's namespace.
 *
 * @throws {UserError} `compile.distributed` if a count is not a positive integer, a parameter is missing, or the
 *   framework is unknown.
 */
export function distributionOf(
  node: NodeSnapshot,
  parameters: Parameters,
  warn: (warning: Warning) => void,
): Distribution | undefined {
  const settings = node.distributed;
  if (settings === null) return undefined;
  const instanceCount = count(node, "num_nodes", settings.num_nodes, parameters);
  const processCount = settings.processes_per_node === null
    ? 1
    : count(node, "processes_per_node", settings.processes_per_node, parameters);
  const none = {
    processCountPerInstance: undefined,
    parameterServerCount: undefined,
    workerCount: undefined,
  };
  switch (settings.framework) {
    case "PyTorch":
      return { ...none, type: "pytorch", instanceCount, processCountPerInstance: processCount };
    case "MPI":
      return { ...none, type: "mpi", instanceCount, processCountPerInstance: processCount };
    case "TensorFlow":
      if (settings.processes_per_node !== null) warn(processesIgnored(node));
      return {
        ...none,
        type: "tensorflow",
        instanceCount,
        parameterServerCount: 0,
        workerCount: instanceCount,
      };
    default:
      throw refused(node, `framework "${settings.framework}" is not PyTorch, TensorFlow or MPI`);
  }
}

function count(node: NodeSnapshot, what: string, value: number | string, parameters: Parameters): number {
  const found = typeof value === "string" && value.startsWith("params:")
    ? parameter(node, value.slice("params:".length), parameters)
    : value;
  const resolved = isRawJson(found) ? Number(found.rawJSON) : found;
  if (typeof resolved === "number" && Number.isInteger(resolved) && resolved > 0) return resolved;
  throw refused(
    node,
    `"${what}" is ${JSON.stringify(resolved)}; it must be a positive integer or \`params:name\``,
    typeof value === "string" ? fullName(node, value.replace(/^params:/, "")) : undefined,
  );
}

function parameter(node: NodeSnapshot, path: string, parameters: Parameters): Json {
  const full = fullName(node, path);
  let value: Json | undefined = parameters as Json;
  for (const key of full.split(".")) {
    value = isFields(value) ? ownValue(value, key) : undefined;
  }
  if (value === undefined) throw refused(node, `parameter "${full}" does not exist`, full);
  return value;
}

/** The parameters that a node's counts refer to, as paths. */
export function countParameters({ distributed, namespace }: NodeSnapshot): readonly (readonly string[])[] {
  return [distributed?.num_nodes, distributed?.processes_per_node]
    .filter((count) => typeof count === "string")
    .map((count) => [...namespace?.split(".") ?? [], ...count.replace(/^params:/, "").split(".")]);
}

function fullName(node: NodeSnapshot, path: string): string {
  return node.namespace ? `${node.namespace}.${path}` : path;
}

function refused(node: NodeSnapshot, what: string, parameter?: string): UserError {
  return new UserError(`Node "${node.name}" is not a valid distributed step: ${what}`, {
    // compile.distributed: The parameters of `@distributed_job` are invalid. Correct them in the node's
    //   function.
    code: "compile.distributed",
    hint: `Change \`@distributed_job\` of ${node.func}, or the parameter that it names`,
    data: { parameter, function: node.func },
  });
}

function processesIgnored(node: NodeSnapshot): Warning {
  return {
    // compile.processes_ignored: `processes_per_node` has no effect with TensorFlow. Remove it.
    code: "compile.processes_ignored",
    message: `Node "${node.name}" sets processes_per_node, which has no effect with TensorFlow`,
    hint: "Remove `processes_per_node` from its `@distributed_job`",
  };
}
