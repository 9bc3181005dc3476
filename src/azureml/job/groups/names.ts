import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupMode } from "./mode.ts";
import type { Part } from "./partition.ts";

/** Nodes that share a step, with a unique name. */
export interface NodeGroup {
  /** The node's own name if the group has only one. */
  readonly name: string;
  /** At least one, in execution order. */
  readonly nodes: readonly NodeSnapshot[];
}

/**
 * Names the parts of a pipeline: a part of one node after the node; others after their tag or namespace, their first
 * and last node, or their compute. A duplicate name gets `_2`, and no part has the name of a node in another part.
 */
export function namedGroups(parts: readonly Part[], mode: GroupMode): NodeGroup[] {
  const owners = new Map(parts.flatMap((part) => part.nodes.map(({ name }) => [name, part] as const)));
  const taken = new Set<string>();
  return parts.map((part) => {
    const { nodes } = part;
    if (nodes.length === 1) return { name: nodes[0]!.name, nodes };
    const wanted = groupName(part, mode);
    const isTaken = (name: string) => taken.has(name) || (owners.get(name) ?? part) !== part;
    let name = wanted;
    for (let count = 2; isTaken(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return { name, nodes };
  });
}

function groupName({ label, nodes, compute }: Part, { kind }: GroupMode): string {
  if (kind === "all") return `all_on_${compute}`;
  return kind === "chain" ? `${short(nodes[0]!.name)}_to_${short(nodes.at(-1)!.name)}` : short(label!);
}

/** Cleans a name for Azure ML (at most 255 characters): before Kedro 1, node names have brackets and spaces. */
function short(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 100);
}
