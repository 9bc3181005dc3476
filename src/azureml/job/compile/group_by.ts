import { inQuotes, UserError, type Warning } from "../../../core/errors.ts";
import { sortedByNeeds } from "../../../core/graph.ts";
import type { GroupMode } from "../../../core/group_mode.ts";
import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import type { NodeGroup } from "../names.ts";

/** A mode in which nodes can share a step. */
type Grouping = Exclude<GroupMode, { kind: "none" }>;

/** A label whose nodes need several steps, because a single step would depend on itself. */
interface Split {
  readonly label: string;
  /** The path from the step through others back to it: `a → b … c → d`, where `b` and `c` are in one step. */
  readonly path: string;
}

interface OpenPart extends Part {
  readonly nodes: NodeSnapshot[];
  readonly settings: NodeSettings;
  commandBytes: number;
  /** The parts that it depends on, each with a node there and a node here that reads from it. */
  readonly needs: Map<OpenPart, readonly [from: string, to: string]>;
}

/**
 * Divides nodes into steps. In Kedro's order, each node joins the first step of its label on the same compute that
 * would not then depend on itself through other steps; otherwise it starts a new step.
 *
 * @returns the parts, each after those that it depends on.
 * @throws {UserError} `group.two_tags`.
 */
export function partition(input: GroupInput, mode: Grouping) {
  const labels = labelsOf(input, mode);
  const growing: OpenPart[] = [];
  const partOf = new Map<string, OpenPart>();
  const splits = new Map<string, Split>();
  for (const node of input.nodes) {
    const label = labels.get(node.name);
    const needs: OpenPart["needs"] = new Map();
    for (const dependency of input.dependencies.get(node.name)!) {
      const part = partOf.get(dependency)!;
      if (!needs.has(part)) needs.set(part, [dependency, node.name]);
    }
    const settings = input.settingsOf(node);
    const { part, cycle } = joinable(growing, { label, settings, needs }, input.longestCommandBytes);
    if (cycle !== undefined && !splits.has(label!)) splits.set(label!, { label: label!, path: cycle });
    const joined = part ?? begin(growing, label, settings);
    for (const [other, edge] of needs) {
      if (other !== joined && !joined.needs.has(other)) joined.needs.set(other, edge);
    }
    joined.nodes.push(node);
    joined.commandBytes += settings.commandBytes;
    partOf.set(node.name, joined);
  }
  return { parts: inOrder(growing, input.nodes), splits: [...splits.values()] };
}

function begin(growing: OpenPart[], label: string | undefined, settings: NodeSettings): OpenPart {
  const part = { label, nodes: [], settings, compute: settings.compute, commandBytes: 0, needs: new Map() };
  growing.push(part);
  return part;
}

/** The part that a node can join, and the dependency cycle if the first part that fits would create one. */
function joinable(
  growing: readonly OpenPart[],
  { label, settings, needs }: Pick<OpenPart, "label" | "settings" | "needs">,
  longestCommandBytes: number,
): { readonly part?: OpenPart | undefined; readonly cycle?: string | undefined } {
  if (label === undefined || settings.isAlone) return {};
  const fitting = growing.filter((part) =>
    part.label === label && !part.settings.isAlone && part.settings.compute === settings.compute &&
    part.settings.instanceType === settings.instanceType &&
    part.commandBytes + settings.commandBytes <= longestCommandBytes
  );
  if (fitting.length === 0) return {};
  const behind = indirectNeedsOf(needs);
  const part = fitting.find((item) => !behind.has(item));
  return { part, cycle: behind.has(fitting[0]!) ? pathText(fitting[0]!, needs) : undefined };
}

/** The parts that a node depends on only through other parts: joining one of them would create a cycle. */
function indirectNeedsOf(needs: OpenPart["needs"]): ReadonlySet<OpenPart> {
  const indirect = new Set<OpenPart>();
  const queue = [...needs.keys()];
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    for (const other of part.needs.keys()) {
      if (indirect.has(other)) continue;
      indirect.add(other);
      queue.push(other);
    }
  }
  return indirect;
}

/** The nodes on a path from a part, through other parts, to a node. */
function pathText(target: OpenPart, needs: OpenPart["needs"]): string {
  const stepsTo = (from: OpenPart["needs"], next?: PathStep) =>
    [...from].map(([part, edge]): PathStep => ({ part, edge, next }));
  const queue = stepsTo(needs).filter(({ part }) => part !== target);
  const seen = new Set(queue.map(({ part }) => part));
  // The list grows during the loop (breadth first), so the shortest path is found first.
  for (const step of queue) {
    const further = stepsTo(step.part.needs, step).filter(({ part }) => !seen.has(part));
    for (const { part } of further) seen.add(part);
    queue.push(...further);
  }
  const edges: PathStep["edge"][] = [];
  for (let at = queue.find(({ part }) => part === target); at !== undefined; at = at.next) {
    edges.push(at.edge);
  }
  return edges.map(([from, to], at) => {
    const before = edges[at - 1]?.[1];
    const start = before === undefined ? from : before === from ? "" : ` … ${from}`;
    return `${start} → ${to}`;
  }).join("");
}

/** A part that a node depends on, and the step of the path that comes after it. */
interface PathStep {
  readonly part: OpenPart;
  readonly edge: readonly [from: string, to: string];
  readonly next: PathStep | undefined;
}

/** Parts sorted by their first nodes, but each after those that it depends on. */
function inOrder(growing: readonly OpenPart[], nodes: readonly NodeSnapshot[]): readonly OpenPart[] {
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  const parts = growing.toSorted((a, b) => at.get(a.nodes[0]!.name)! - at.get(b.nodes[0]!.name)!);
  return sortedByNeeds(parts, ({ needs }) => needs.keys(), "first").sorted;
}

export function groupWarnings({ parts, splits }: ReturnType<typeof partition>, mode: GroupMode): Warning[] {
  if (mode.kind !== "tag" && mode.kind !== "namespace") return [];
  if (parts.every(({ label }) => label === undefined)) {
    return [{
      // group.none: The grouping applies to no node. Use another one; `kedro-azureml inspect` shows tags and
      //   namespaces.
      code: "group.none",
      message: mode.kind === "tag"
        ? `No node has a tag that begins with "${mode.prefix}." or "${mode.prefix}:", so every node has its own step`
        : "No node has a namespace, so every node has its own step",
      hint: "Use another `--group-by`; `kedro-azureml inspect` prints the tags and namespaces of all nodes",
    }];
  }
  return splits.map(({ label, path }): Warning => ({
    // group.split: A group needs several steps, because one would wait for its own results. Nothing to do.
    code: "group.split",
    message: `Group "${label}" needs several steps, because one would wait for its own results: ${path}`,
    hint: mode.kind === "tag"
      ? "The job is correct; for fewer steps, give the nodes between the same tag and compute, or those after another tag"
      : "The job is correct; for fewer steps, use one compute on this path, or choose the groups with `tag:PREFIX`",
  }));
}

interface GroupInput {
  /** Each node comes after those that it depends on. */
  readonly nodes: readonly NodeSnapshot[];
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  /** Where and how a node runs; nodes with different settings cannot share a step. */
  readonly settingsOf: (node: NodeSnapshot) => NodeSettings;
  /** Maximum number of bytes that the nodes of a step may add to its command. */
  readonly longestCommandBytes: number;
}

interface NodeSettings {
  readonly compute: string;
  readonly instanceType: string | undefined;
  readonly isAlone: boolean;
  readonly commandBytes: number;
}

/** The group label of each node, if it has one; nodes with the same label may share a step. */
function labelsOf(input: GroupInput, mode: Grouping): ReadonlyMap<string, string | undefined> {
  const label = labeller(input, mode);
  return new Map(input.nodes.map((node) => [node.name, label(node)]));
}

function labeller(input: GroupInput, mode: Grouping): (node: NodeSnapshot) => string | undefined {
  switch (mode.kind) {
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
      // group.two_tags: A node has several tags of the grouping. Keep one.
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

export interface Part {
  /** The group label; `undefined` for a node without one. */
  readonly label: string | undefined;
  readonly nodes: readonly NodeSnapshot[];
  readonly compute: string;
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
