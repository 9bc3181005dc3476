import { inQuotes, UserError } from "../../../core/errors.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { GroupMode } from "./mode.ts";

/** The input of grouping nodes. */
export interface GroupInput {
  /** Each node comes after those that it depends on. */
  readonly nodes: readonly NodeSnapshot[];
  /** Names of the nodes that each node depends on. */
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where and how a node runs; nodes with different settings cannot share a step. */
  readonly settingsOf: (node: NodeSnapshot) => NodeSettings;
  /** Maximum number of bytes that the nodes of a step may add to its command. */
  readonly longestCommandBytes: number;
}

/** Where and how a node runs. */
export interface NodeSettings {
  /** Name of the compute. */
  readonly compute: string;
  readonly instanceType: string | undefined;
  /** Whether the node must have its own step. */
  readonly isAlone: boolean;
  /** Bytes that the node adds to the command of a step. */
  readonly commandBytes: number;
}

/** The group label of each node that has one; nodes with the same label may share a step. */
export function labelsOf(input: GroupInput, mode: GroupMode): ReadonlyMap<string, string> {
  const label = labeller(input, mode);
  return new Map(
    input.nodes.flatMap((node) => {
      const labels = label(node);
      return labels === undefined ? [] : [[node.name, labels] as const];
    }),
  );
}

function labeller(input: GroupInput, mode: GroupMode): (node: NodeSnapshot) => string | undefined {
  switch (mode.kind) {
    case "none":
      return () => undefined;
    case "all":
      return () => "all";
    case "tag":
      return (node) => tagLabel(node, mode.prefix);
    case "namespace":
      return ({ namespace }) => namespace?.split(".").slice(0, mode.depth).join(".") || undefined;
    case "chain": {
      const heads = chains(input);
      return ({ name }) => heads.get(name);
    }
  }
}

/** The name after the prefix in a node's tag. @throws {UserError} `group.two_tags`. */
function tagLabel({ name, func, tags }: NodeSnapshot, prefix: string): string | undefined {
  const groupTags = tags.filter((tag) => tag.startsWith(prefix) && /^[.:]./s.test(tag.slice(prefix.length)));
  const labels = [...new Set(groupTags.map((tag) => tag.slice(prefix.length + 1)))];
  if (labels.length <= 1) return labels[0];
  throw new UserError(
    `Node "${name}" has ${groupTags.length} tags that begin with "${prefix}", so its group is unclear`,
    {
      code: "group.two_tags",
      details: [`tags: ${groupTags.join(", ")}`, `function: ${func}`],
      data: { function: func },
      hint: `Keep only one of the tags ${inQuotes(groupTags, " and ")} on the node`,
    },
  );
}

/**
 * The first node of each node's chain. A node continues the chain of a node that feeds only this node, has the same
 * settings, and already depends on everything else that this node depends on. So no node waits for more than it would
 * in its own step. A step that Azure ML may reuse remains reusable.
 */
function chains({ nodes, dependencies, settingsOf }: GroupInput): ReadonlyMap<string, string> {
  const readers = new Map<string, number>();
  for (const needs of dependencies.values()) {
    for (const need of needs) readers.set(need, (readers.get(need) ?? 0) + 1);
  }
  // Equal for nodes that can share a step.
  const places = new Map(nodes.map((node) => {
    const { compute, instanceType = "", isAlone } = settingsOf(node);
    return [node.name, isAlone ? node : `${compute} ${instanceType}`];
  }));
  const ancestors = new Map<string, Set<string>>();
  const chainOf = new Map<string, { readonly head: string; readonly isReusable: boolean }>();
  for (const node of nodes) {
    const { name } = node;
    const needs = dependencies.get(name)!;
    ancestors.set(name, new Set([...needs].flatMap((need) => [need, ...ancestors.get(need)!])));
    const before = [...needs].find((need) =>
      readers.get(need) === 1 && places.get(need) === places.get(name) &&
      (isReusable(node) || !chainOf.get(need)!.isReusable) &&
      [...needs].every((other) => other === need || ancestors.get(need)!.has(other))
    );
    const chain = before === undefined ? { head: name, isReusable: true } : chainOf.get(before)!;
    chainOf.set(name, { head: chain.head, isReusable: chain.isReusable && isReusable(node) });
  }
  return new Map([...chainOf].map(([name, { head }]) => [name, head]));
}

/** Whether Azure ML may reuse a node's results from an earlier run: it has the plugin's tag `deterministic`. */
export function isReusable({ tags }: Pick<NodeSnapshot, "tags">): boolean {
  return tags.includes("deterministic");
}
