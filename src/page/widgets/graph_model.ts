import { isParameter } from "../../core/loader_settings.ts";
import { prefixesOf } from "../../core/names.ts";
import { layOutRows } from "../graph_rows.ts";
import type { GraphView, StepView } from "../view.ts";
import { type Tone, toneOf } from "./status.tsx";

/** What the graph shows: a step, the steps of a folded namespace, or a dataset. */
export interface GraphItem extends StepView {
  readonly kind: "step" | "group" | "dataset";
  /** The steps of a folded namespace; the step that writes a dataset, or those that read it. */
  readonly members: readonly string[];
}

/** A graph to draw; `items` and `graph.at` have the same order. */
interface DrawnGraph {
  readonly items: readonly GraphItem[];
  readonly graph: GraphView;
}

/** The namespaces of a graph with more steps are folded when it is first shown. */
export const FOLDED_ABOVE = 40;

interface GraphOptions {
  /** Whether namespaces are folded, except those in `open`. */
  readonly isFolded: boolean;
  readonly open: ReadonlySet<string>;
  readonly withDatasets: boolean;
}

/** The namespaces of a step from the outermost, such as `a` and `a.b`; none for a step without one. */
export function namespacesOf({ namespace, label }: Pick<StepView, "namespace" | "label">): readonly string[] {
  const whole = namespace ?? (DOTTED.test(label) ? label.slice(0, label.lastIndexOf(".")) : "");
  return whole === "" ? [] : prefixesOf(whole);
}

/** A name that Kedro puts together from a namespace and the name of a node. */
const DOTTED = /^[\w-]+(?:\.[\w-]+)+$/;

/** The namespaces that hold at least two steps and can be folded. */
export function foldable(steps: readonly StepView[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const step of steps) {
    for (const name of namespacesOf(step)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([name]) => name);
}

/** Builds the graph to draw. Pure. @param graph The graph of all steps, as it was laid out before. */
export function drawnGraph(
  steps: readonly StepView[],
  graph: GraphView,
  { isFolded, open, withDatasets }: GraphOptions,
): DrawnGraph {
  const folds = isFolded ? new Set(foldable(steps)) : new Set<string>();
  if (folds.size === 0 && !withDatasets) return { items: steps.map(asItem), graph };
  const placeOf = new Map(steps.map((step) => {
    const group = namespacesOf(step).find((name) => folds.has(name) && !open.has(name));
    return [step.key, group === undefined ? step.key : `group:${group}`] as const;
  }));
  const folded = foldedItems(steps, placeOf);
  const items = withDatasets ? withDatasetItems(folded, steps, placeOf) : folded;
  return { items, graph: layOutRows(items) };
}

function asItem(step: StepView): GraphItem {
  return { ...step, kind: "step", members: [step.key] };
}

function foldedItems(
  steps: readonly StepView[],
  placeOf: ReadonlyMap<string, string>,
): readonly GraphItem[] {
  const groups = Map.groupBy(steps, ({ key }) => placeOf.get(key)!);
  return [...groups].map(([place, members]): GraphItem => {
    const needs = new Set(members.flatMap(({ needs }) => needs.flatMap((need) => placeOf.get(need) ?? [])));
    needs.delete(place);
    if (!place.startsWith("group:")) return { ...asItem(members[0]!), needs: [...needs] };
    return {
      kind: "group",
      members: members.map(({ key }) => key),
      key: place,
      label: place.slice("group:".length),
      needs: [...needs],
      ...NO_DETAILS,
      ...stateOf(members),
    };
  });
}

const NO_DETAILS = { inputs: [], outputs: [], facts: [], variables: [] };

/** Statuses of members, the first that any of them has is that of their namespace. */
const ORDER: readonly Tone[] = ["failed", "running", "queued", "canceled", "waiting"];

function stateOf(members: readonly StepView[]): Pick<StepView, "status" | "startedAt" | "endedAt"> {
  const first = ORDER.flatMap((tone) => members.find(({ status }) => toneOf(status) === tone) ?? [])[0];
  const starts = members.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = members.flatMap(({ endedAt }) => endedAt ?? []);
  const isOver = ends.length === starts.length;
  return {
    status: (first ?? members[0]!).status,
    startedAt: starts.length === 0 ? undefined : Math.min(...starts),
    endedAt: isOver && ends.length > 0 ? Math.max(...ends) : undefined,
  };
}

/** Puts datasets between the steps that write and read them. */
function withDatasetItems(
  items: readonly GraphItem[],
  steps: readonly StepView[],
  placeOf: ReadonlyMap<string, string>,
): readonly GraphItem[] {
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
  // What only passes inside a folded namespace is folded, too.
  const shown = [...datasets].filter(([, { writers, readers }]) =>
    new Set([...writers, ...readers]).size > 1 || ![...writers, ...readers].some(isGroup)
  );
  const extra = new Map<string, string[]>();
  const nodes = shown.map(([name, { writers, readers, members }]): GraphItem => {
    const key = `dataset:${name}`;
    for (const reader of readers) extra.set(reader, [...extra.get(reader) ?? [], key]);
    return { kind: "dataset", members, key, label: name, needs: [...writers], ...NO_DETAILS };
  });
  return [
    ...items.map((item) => ({ ...item, needs: extra.get(item.key) ?? item.needs })),
    ...nodes,
  ];
}

function isGroup(place: string): boolean {
  return place.startsWith("group:");
}

function isData(value: string): boolean {
  return /^(?:azureml:|job input |[\w.+-]+:\/\/)|:\d+$/.test(value);
}
