import { trimBoth } from "../../core/format.ts";
import { uniqueNames } from "./names.ts";
import type { NodeSnapshot } from "../../kedro/snapshot.ts";

/** The name of a node's component: lowercase, with dots replaced by double underscores. */
export function componentName(node: string): string {
  return node.toLowerCase().replaceAll(".", "__");
}

/** Letters in lowercase and digits, joined by `_`. */
export function normalizedName(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
}

/**
 * Assigns step keys, as azure-ai-ml derives them from the components' names. A step of one node has the same key as
 * without groups.
 */
export function stepKeys(groups: readonly NodeGroup[]): ReadonlyMap<string, string> {
  const single = groups.filter(({ nodes }) => nodes.length === 1);
  const several = groups.filter(({ nodes }) => nodes.length > 1);
  const names = [...single, ...several].map(({ name }) => name);
  return uniqueNames(names, (name) => {
    const key = trimBoth(normalizedName(componentName(name)), "_");
    return /^\p{N}/u.test(key) || key === "" ? `n${key}` : key;
  });
}

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
export function namedGroups(parts: readonly Part[], mode: { readonly kind: string }): NodeGroup[] {
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

function groupName({ label, nodes, compute }: Part, { kind }: { readonly kind: string }): string {
  if (kind === "all") return `all_on_${compute}`;
  return kind === "chain" ? `${short(nodes[0]!.name)}_to_${short(nodes.at(-1)!.name)}` : short(label!);
}

/** Cleans a name for Azure ML (at most 255 characters): before Kedro 1, node names have brackets and spaces. */
function short(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 100);
}

export interface Part {
  /** The group label; `undefined` for a node without one. */
  readonly label: string | undefined;
  readonly nodes: readonly NodeSnapshot[];
  readonly compute: string;
}

/**
 * The Kedro node of a step without a display name, from its key: Kedro names a node without a name `function__hash`, of
 * which a key keeps one underscore.
 */
export function nodeOfKey(key: string): string {
  return key.replace(/_(?=[0-9a-f]{8}$)(?=\d*[a-f])/, "__");
}
