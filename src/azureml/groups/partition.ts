import type { NodeSnapshot } from "../../kedro/snapshot.ts";
import { type GroupInput, labelsOf, type NodeSettings } from "./labels.ts";
import type { GroupMode } from "./mode.ts";

/** Nodes that share a step, in the order in which they run. */
export interface Part {
  /** What the mode calls them; `undefined` for a node that it puts with no other. */
  readonly label: string | undefined;
  readonly nodes: readonly NodeSnapshot[];
  readonly compute: string;
}

/** Why nodes of one label are in several steps. */
export interface Split {
  readonly label: string;
  /** How many steps the label has. */
  readonly steps: number;
  readonly reasons: readonly string[];
}

/** Nodes by step, and what could not share one. */
export interface Partition {
  /** In an order in which none comes before one that it needs. */
  readonly parts: readonly Part[];
  readonly splits: readonly Split[];
}

/**
 * The longest command of a step. Linux starts a program with arguments of at most 128 KiB, and Azure ML replaces inputs
 * and outputs by paths, for which {@linkcode NodeSettings.commandBytes} leaves room.
 */
const LONGEST_COMMAND_BYTES = 100_000;

/** @internal A part while it grows. */
interface Growing extends Part {
  readonly nodes: NodeSnapshot[];
  readonly settings: NodeSettings;
  commandBytes: number;
  /** The parts that it needs, each with a node there and a node here that reads from it. */
  readonly needs: Map<Growing, readonly [from: string, to: string]>;
}

/**
 * Puts nodes into steps. In Kedro's order each node joins the first step of its label that runs on the same compute and
 * does not wait, through other steps, for a result of its own; else it begins a new one. Pure.
 *
 * @throws {UserError} `group.two_tags`.
 */
export function partition(input: GroupInput, mode: GroupMode): Partition {
  const labels = labelsOf(input, mode);
  const growing: Growing[] = [];
  const partOf = new Map<string, Growing>();
  const reasons = new Map<string, Set<string>>();
  for (const node of input.nodes) {
    const label = labels.get(node.name);
    const needs = needsOf(node, input, partOf);
    const refuse = (reason: string) => {
      if (label !== undefined) reasons.set(label, (reasons.get(label) ?? new Set()).add(reason));
    };
    const settings = input.settingsOf(node);
    const part = joinable(growing, { label, node, settings, needs, refuse }) ??
      begin(growing, label, settings);
    for (const [other, edge] of needs) {
      if (other !== part && !part.needs.has(other)) part.needs.set(other, edge);
    }
    part.nodes.push(node);
    part.commandBytes += settings.commandBytes;
    partOf.set(node.name, part);
  }
  return { parts: inOrder(growing, input.nodes), splits: splitsOf(growing, reasons) };
}

function begin(growing: Growing[], label: string | undefined, settings: NodeSettings): Growing {
  const part = { label, nodes: [], settings, compute: settings.compute, commandBytes: 0, needs: new Map() };
  growing.push(part);
  return part;
}

function needsOf(
  { name }: NodeSnapshot,
  { dependencies }: GroupInput,
  partOf: ReadonlyMap<string, Growing>,
): Growing["needs"] {
  const needs: Growing["needs"] = new Map();
  for (const one of dependencies.get(name)!) {
    const part = partOf.get(one)!;
    if (!needs.has(part)) needs.set(part, [one, name]);
  }
  return needs;
}

/** @internal A node that looks for a part. */
interface Candidate {
  readonly label: string | undefined;
  readonly node: NodeSnapshot;
  readonly settings: NodeSettings;
  readonly needs: Growing["needs"];
  readonly refuse: (reason: string) => void;
}

function joinable(
  growing: readonly Growing[],
  { label, node, settings, needs, refuse }: Candidate,
): Growing | undefined {
  const same = label === undefined ? [] : growing.filter((part) => part.label === label);
  if (same.length === 0) return undefined;
  if (settings.isAlone) return void refuse(`node "${node.name}" is distributed`);
  const behind = behindOf(needs);
  for (const part of same) {
    if (part.settings.isAlone) refuse(`node "${part.nodes[0]!.name}" is distributed`);
    else if (differs(part.settings, settings)) {
      refuse(`they run on ${placeText(part.settings)} and on ${placeText(settings)}`);
    } else if (part.commandBytes + settings.commandBytes > LONGEST_COMMAND_BYTES) {
      refuse("the command of one step would be too long");
    } else if (behind.has(part)) refuse(`one step would wait for itself: ${pathText(part, needs)}`);
    else return part;
  }
  return undefined;
}

function differs(one: NodeSettings, other: NodeSettings): boolean {
  return one.compute !== other.compute || one.instanceType !== other.instanceType;
}

function placeText({ compute, instanceType }: NodeSettings): string {
  return instanceType === undefined ? `"${compute}"` : `"${compute}" (${instanceType})`;
}

/** The parts that other parts wait for before a node can run: a node that joined one of them would close a circle. */
function behindOf(needs: Growing["needs"]): ReadonlySet<Growing> {
  const found = new Set<Growing>();
  const left = [...needs.keys()];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    for (const other of part.needs.keys()) {
      if (found.has(other)) continue;
      found.add(other);
      left.push(other);
    }
  }
  return found;
}

/** The nodes on a way from a part, through other parts, to a node: `a → b … c → d`, where one step has `b` and `c`. */
function pathText(target: Growing, needs: Growing["needs"]): string {
  const cameBy = new Map<
    Growing,
    { readonly next: Growing | undefined; readonly edge: readonly [string, string] }
  >();
  const left: Growing[] = [];
  for (const [part, edge] of needs) {
    if (part === target) continue;
    cameBy.set(part, { next: undefined, edge });
    left.push(part);
  }
  // The list grows while it is walked: the shortest way is found first.
  for (const part of left) {
    for (const [other, edge] of part.needs) {
      if (cameBy.has(other)) continue;
      cameBy.set(other, { next: part, edge });
      left.push(other);
    }
  }
  const edges: (readonly [string, string])[] = [];
  for (let at: Growing | undefined = target; at !== undefined;) {
    const step: { readonly next: Growing | undefined; readonly edge: readonly [string, string] } = cameBy.get(
      at,
    )!;
    edges.push(step.edge);
    at = step.next;
  }
  return edges.map(([from, to], at) => {
    const before = edges[at - 1]?.[1];
    const start = before === undefined ? from : before === from ? "" : ` … ${from}`;
    return `${start} → ${to}`;
  }).join("");
}

function splitsOf(growing: readonly Growing[], reasons: ReadonlyMap<string, ReadonlySet<string>>): Split[] {
  return [...reasons].map(([label, found]) => ({
    label,
    steps: growing.filter((part) => part.label === label).length,
    reasons: [...found],
  })).filter(({ steps }) => steps > 1);
}

/** Parts by their first nodes, but none before one that it needs. */
function inOrder(growing: readonly Growing[], nodes: readonly NodeSnapshot[]): Growing[] {
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  const left = [...growing].sort((a, b) => at.get(a.nodes[0]!.name)! - at.get(b.nodes[0]!.name)!);
  const done = new Set<Growing>();
  while (left.length > 0) {
    const next = left.findIndex(({ needs }) => [...needs.keys()].every((one) => done.has(one)));
    for (const part of left.splice(next, 1)) done.add(part);
  }
  return [...done];
}
