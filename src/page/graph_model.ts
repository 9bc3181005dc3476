import { isParameter } from "../core/loader_settings.ts";
import { prefixesOf } from "../core/text_match.ts";
import { compareNames, layOut } from "./graph_layout.ts";
import { rowsOf } from "./graph_rows.ts";
import type { GraphView, StepView } from "./view.ts";

/** What the graph shows: a step, several as one, or a dataset. */
export interface GraphNode {
  readonly kind: "step" | "group" | "dataset";
  readonly key: string;
  /** Name with its namespace; of equal siblings, that of the first one and the last one. */
  readonly label: string;
  /** Name without its namespace. */
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly needs: readonly string[];
  /** The steps that it stands for; the step that writes a dataset, or those that read it. */
  readonly members: readonly string[];
  /** How many datasets it stands for, if those are several. */
  readonly datasets?: number;
  /** The open groups around it, from the outermost. */
  readonly boxes: readonly string[];
}

/** The namespaces of a graph with more steps are folded when it is first shown. */
const FOLDED_ABOVE = 40;
/** Equal siblings that are folded: with names that differ in numbers only, and with any names. */
const SIBLINGS = { alike: 8, any: 15 } as const;

/** The namespaces of a step from the outermost, such as `a` and `a.b`; none for a step without one. */
function namespacesOf({ namespace, label }: Pick<StepView, "namespace" | "label">): readonly string[] {
  const whole = namespace ?? (DOTTED.test(label) ? label.slice(0, label.lastIndexOf(".")) : "");
  return whole === "" ? [] : prefixesOf(whole);
}

/** A name that Kedro puts together from a namespace and the name of a node. */
const DOTTED = /^[\w-]+(?:\.[\w-]+)+$/;

/** The steps from the first to the last row, and in each row by name. */
export function inOrder<Step extends Pick<StepView, "key" | "needs" | "label">>(
  steps: readonly Step[],
): readonly Step[] {
  const index = new Map(steps.map(({ key }, at) => [key, at]));
  const lines = steps.flatMap(({ needs }, to) =>
    needs.flatMap((need) => index.has(need) ? [{ from: index.get(need)!, to }] : [])
  );
  const rows = rowsOf(steps.length, lines);
  const order = [...steps.keys()].sort((one, other) =>
    rows[one]! - rows[other]! || compareNames(steps[one]!.label, steps[other]!.label)
  );
  return order.map((at) => steps[at]!);
}

/** The groups of namespaces that hold at least two steps. */
function foldable(steps: readonly StepView[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const step of steps) {
    for (const name of namespacesOf(step)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([name]) => groupOf(name));
}

const GROUP = "group:";

function groupOf(namespace: string): string {
  return GROUP + namespace;
}

/** The name of an open group, without those around it. */
export function groupName(key: string, nodes: readonly GraphNode[]): string {
  if (key.startsWith(GROUP)) return key.slice(Math.max(key.lastIndexOf("."), key.indexOf(":")) + 1);
  const names = nodes.filter(({ boxes }) => boxes.includes(key)).map(({ name }) => name).sort(compareNames);
  return `${names[0]} … ${names.at(-1)}`;
}

/** Lays out a graph as it is first shown. @param chosen Key of the step that must be seen. */
export function firstGraph(steps: readonly StepView[], chosen?: string): GraphView {
  const start = new Set(steps.length > FOLDED_ABOVE ? [] : foldable(steps));
  // A namespace around everything says nothing.
  const open = opened(
    steps,
    start,
    ({ members }) => members.length === steps.length || members.includes(chosen ?? ""),
  );
  return { ...layOut(nodesOf(steps, { open, withDatasets: false })), open: [...open] };
}

/** Opens groups, and those in them. @param isWanted Whether a group is opened (default: all are). */
export function opened(
  steps: readonly StepView[],
  open: ReadonlySet<string>,
  isWanted: (group: GraphNode) => boolean = () => true,
): ReadonlySet<string> {
  const groups = nodesOf(steps, { open, withDatasets: false }).filter((node) =>
    node.kind === "group" && isWanted(node)
  );
  if (groups.length === 0) return open;
  return opened(steps, new Set([...open, ...groups.map(({ key }) => key)]), isWanted);
}

/** The name of a node without its namespace, and that. */
function partsOf(label: string, namespace?: string): Pick<GraphNode, "label" | "name" | "namespace"> {
  const space = namespacesOf({ label, namespace }).at(-1);
  const name = space !== undefined && label.startsWith(`${space}.`) ? label.slice(space.length + 1) : label;
  return { label, name, ...space !== undefined && { namespace: space } };
}

/** What to draw. Pure. */
export function nodesOf(
  steps: readonly StepView[],
  { open, withDatasets }: {
    /** Keys of the groups that are not folded. */
    readonly open: ReadonlySet<string>;
    readonly withDatasets: boolean;
  },
): readonly GraphNode[] {
  const folds = new Set(foldable(steps));
  const spacesOf = (step: StepView) => namespacesOf(step).map(groupOf).filter((group) => folds.has(group));
  const placeOf = new Map(
    steps.map((step) => [step.key, spacesOf(step).find((group) => !open.has(group)) ?? step.key]),
  );
  const byPlace = [...Map.groupBy(steps, ({ key }) => placeOf.get(key)!)].map(([key, members]): GraphNode => {
    const [first] = members as [StepView];
    const isGroup = key !== first.key;
    const spaces = spacesOf(first);
    return {
      kind: isGroup ? "group" : "step",
      key,
      ...isGroup ? partsOf(key.slice(GROUP.length)) : partsOf(first.label, first.namespace),
      needs: needsOf(key, members, placeOf),
      members: members.map(({ key }) => key),
      boxes: isGroup ? spaces.slice(0, spaces.indexOf(key)) : spaces,
    };
  });
  const folded = withSiblings(byPlace, open);
  for (const { key, members } of folded) for (const member of members) placeOf.set(member, key);
  return withDatasets ? withDatasetNodes(folded, steps, placeOf) : folded;
}

function needsOf(
  key: string,
  members: readonly Pick<StepView, "needs">[],
  placeOf: ReadonlyMap<string, string>,
): readonly string[] {
  const needs = new Set(members.flatMap(({ needs }) => needs.flatMap((need) => placeOf.get(need) ?? [])));
  needs.delete(key);
  return [...needs];
}

/**
 * Gives nodes the same kind if their names differ in numbers only and the kinds of all around them are the same, as in
 * parallel chains between two nodes. What is not connected has other kinds.
 */
function kindsOf(
  nodes: readonly GraphNode[],
  after: ReadonlyMap<string, readonly { readonly key: string }[]>,
): ReadonlyMap<string, string> {
  const around = new Map(
    nodes.map(({ key, needs }) => [key, [needs, (after.get(key) ?? []).map(({ key }) => key)] as const]),
  );
  const parts = new Map<string, string>();
  for (const { key: first } of nodes) {
    const left = parts.has(first) ? [] : [first];
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      if (!parts.has(key)) left.push(...around.get(key)!.flat());
      parts.set(key, first);
    }
  }
  let kinds = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const found = nodes.map(({ key, name, boxes }) => {
      const sides = around.get(key)!.map((keys) => keys.map((key) => kinds.get(key)).sort());
      const plain = name.replaceAll(/\d+/g, "#");
      return [key, JSON.stringify([kinds.get(key), parts.get(key), plain, boxes, sides])] as const;
    });
    // The first of a kind names it, so that names do not become longer.
    const firsts = new Map(found.toReversed().map(([key, kind]) => [kind, key]));
    if (firsts.size === new Set(kinds.values()).size) return kinds;
    kinds = new Map(found.map(([key, kind]) => [key, firsts.get(kind)!]));
  }
  return new Map(nodes.map(({ key }) => [key, key]));
}

/** How often kinds are told apart: in a long chain of equal names there is one more each time. */
const ROUNDS = 8;

/** Folds nodes with neighbors of the same kinds, if there are many. @param of The nodes to fold (default: all). */
function withSiblings(
  nodes: readonly GraphNode[],
  open: ReadonlySet<string>,
  of = nodes,
): readonly GraphNode[] {
  const after = Map.groupBy(
    nodes.flatMap(({ key, needs }) => needs.map((need) => ({ need, key }))),
    ({ need }) => need,
  );
  const kinds = kindsOf(nodes, after);
  const neighborsOf = ({ key, needs, boxes }: GraphNode) => {
    const below = (after.get(key) ?? []).map(({ key }) => key);
    if (needs.length + below.length === 0) return key;
    return JSON.stringify([...[needs, below].map((keys) => keys.map((key) => kinds.get(key)).sort()), boxes]);
  };
  const groups = [...Map.groupBy(of, neighborsOf).values()].flatMap((equal) => {
    const alike = [...Map.groupBy(equal, ({ name }) => name.replaceAll(/\d+/g, "#")).values()];
    const rest = alike.filter(({ length }) => length < SIBLINGS.alike).flat();
    return [
      ...alike.filter(({ length }) => length >= SIBLINGS.alike),
      ...rest.length >= SIBLINGS.any ? [rest] : [],
    ];
  });
  if (groups.length === 0) return nodes;
  const placeOf = new Map(nodes.map(({ key }) => [key, key]));
  const boxOf = new Map<string, string>();
  const made = groups.flatMap((group): GraphNode[] => {
    const sorted = group.toSorted((one, other) => compareNames(one.label, other.label));
    const [first, last] = [sorted[0]!, sorted.at(-1)!];
    const key = `siblings:${first.key}`;
    for (const { key: member } of group) (open.has(key) ? boxOf : placeOf).set(member, key);
    if (open.has(key)) return [];
    const ends = first.name === last.name ? [first.label, last.label] : [first.name, last.name];
    return [{
      ...first,
      ...first.kind === "dataset" ? { datasets: group.length } : { kind: "group" },
      key,
      label: `${first.label} … ${last.label}`,
      name: ends.join(" … "),
      members: sorted.flatMap(({ members }) => members),
    }];
  });
  return [...nodes.filter(({ key }) => placeOf.get(key) === key), ...made].map((node) => ({
    ...node,
    needs: needsOf(node.key, [node], placeOf),
    boxes: boxOf.has(node.key) ? [...node.boxes, boxOf.get(node.key)!] : node.boxes,
  }));
}

/** Puts datasets between the nodes that write and read them. */
function withDatasetNodes(
  nodes: readonly GraphNode[],
  steps: readonly StepView[],
  placeOf: ReadonlyMap<string, string>,
): readonly GraphNode[] {
  const datasets = new Map<string, { writers: Set<string>; readers: Set<string>; members: string[] }>();
  const of = (name: string) => {
    const dataset = datasets.get(name) ?? { writers: new Set(), readers: new Set(), members: [] };
    datasets.set(name, dataset);
    return dataset;
  };
  for (const { key, outputs, inputs } of steps) {
    for (const { name } of outputs) {
      const dataset = of(name);
      dataset.writers.add(placeOf.get(key)!);
      dataset.members.unshift(key);
    }
    for (const { name, from, value } of inputs) {
      // A literal value is no dataset.
      if (isParameter(name) || from === undefined && value !== undefined && !isData(value)) continue;
      const dataset = of(name);
      dataset.readers.add(placeOf.get(key)!);
      dataset.members.push(key);
    }
  }
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const extra = new Map<string, string[]>();
  const shown = [...datasets].flatMap(([name, { writers, readers, members }]): GraphNode[] => {
    const around = [...new Set([...writers, ...readers])].map((key) => byKey.get(key)!);
    // What only passes inside a folded group is folded, too.
    if (around.length === 1 && around[0]!.kind === "group") return [];
    const key = `dataset:${name}`;
    for (const reader of readers) extra.set(reader, [...extra.get(reader) ?? [], key]);
    const boxes = around[0]!.boxes.filter((box) => around.every(({ boxes }) => boxes.includes(box)));
    return [{ kind: "dataset", key, ...partsOf(name), needs: [...writers], members, boxes }];
  });
  return withSiblings(
    [
      ...nodes.map((node) => ({ ...node, needs: extra.get(node.key) ?? node.needs })),
      ...shown,
    ],
    new Set(),
    shown,
  );
}

function isData(value: string): boolean {
  return /^(?:azureml:|job input |[\w.+-]+:\/\/)|:\d+$/.test(value);
}
