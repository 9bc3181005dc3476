import type { NodeSnapshot } from "../../../kedro/snapshot.ts";
import { type GroupInput, labelsOf, type NodeSettings } from "./group_by.ts";
import type { GroupMode } from "./mode.ts";
import type { Warning } from "../../../core/errors.ts";

/** Nodes that share a step, in execution order. */
export interface Part {
  /** The group label; `undefined` for a node without one. */
  readonly label: string | undefined;
  readonly nodes: readonly NodeSnapshot[];
  readonly compute: string;
}

/** A label whose nodes need several steps, because a single step would depend on itself. */
export interface Split {
  readonly label: string;
  /** The path from the step through others back to it: `a → b … c → d`, where `b` and `c` are in one step. */
  readonly path: string;
}

/** The nodes of each step, and the groups that had to be split. */
export interface Partition {
  /** Each part comes after those that it depends on. */
  readonly parts: readonly Part[];
  readonly splits: readonly Split[];
}

/** @internal A part that is being built. */
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
 * @throws {UserError} `group.two_tags`.
 */
export function partition(input: GroupInput, mode: GroupMode): Partition {
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
    part.label === label && !part.settings.isAlone && !differs(part.settings, settings) &&
    part.commandBytes + settings.commandBytes <= longestCommandBytes
  );
  if (fitting.length === 0) return {};
  const behind = indirectNeedsOf(needs);
  const part = fitting.find((item) => !behind.has(item));
  return { part, cycle: behind.has(fitting[0]!) ? pathText(fitting[0]!, needs) : undefined };
}

function differs(a: NodeSettings, b: NodeSettings): boolean {
  return a.compute !== b.compute || a.instanceType !== b.instanceType;
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

/** @internal A part that a node depends on, and the step of the path that comes after it. */
interface PathStep {
  readonly part: OpenPart;
  readonly edge: readonly [from: string, to: string];
  readonly next: PathStep | undefined;
}

/** Parts sorted by their first nodes, but each after those that it depends on. */
function inOrder(growing: readonly OpenPart[], nodes: readonly NodeSnapshot[]): OpenPart[] {
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  const waiting = [...growing].sort((a, b) => at.get(a.nodes[0]!.name)! - at.get(b.nodes[0]!.name)!);
  const done = new Set<OpenPart>();
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ needs }) => [...needs.keys()].every((item) => done.has(item)));
    for (const part of waiting.splice(next, 1)) done.add(part);
  }
  return [...done];
}

/** Warnings about the groups of a job, for its author. */
export function groupWarnings({ parts, splits }: Partition, mode: GroupMode): Warning[] {
  if (mode.kind !== "tag" && mode.kind !== "namespace") return [];
  if (parts.every(({ label }) => label === undefined)) {
    return [{
      code: "group.none",
      message: mode.kind === "tag"
        ? `No node has a tag that begins with "${mode.prefix}." or "${mode.prefix}:", so every node has its own step`
        : "No node has a namespace, so every node has its own step",
      hint: "Use another `--group-by`; `kedro-azureml inspect` prints the tags and namespaces of all nodes",
    }];
  }
  return splits.map(({ label, path }): Warning => ({
    code: "group.split",
    message: `Group "${label}" needs several steps, because one would wait for its own results: ${path}`,
    hint: mode.kind === "tag"
      ? "The job is correct; for fewer steps, give the nodes between the same tag and compute, or those after another tag"
      : "The job is correct; for fewer steps, use one compute on this path, or choose the groups with `tag:PREFIX`",
  }));
}
