import { type Place, placeText, UserError } from "../../core/errors.ts";
import { finiteFloat, isRawJson, rawJson } from "../../core/json.ts";

/** The place to show for a value: its own for a scalar, that of its key for a mapping or list. */
export function nearestNode(node: ConfigNode): Place {
  return node.kind === "scalar" ? node.place : node.keyPlace ?? node.place;
}

export function emptyLayer(file: string): MapNode {
  return mapNode({ file, line: 1, column: 1 });
}

/** A value as Python's `str` formats it, for use within interpolated text. */
export function pythonText(node: ConfigNode): string {
  return node.kind === "scalar" && typeof node.value === "string" ? node.value : repr(node);
}

function repr(node: ConfigNode): string {
  if (node.kind === "list") return `[${node.items.map(repr).join(", ")}]`;
  if (node.kind === "scalar") return scalarRepr(node.value);
  return `{${[...node.entries].map(([key, item]) => `${scalarRepr(key)}: ${repr(item)}`).join(", ")}}`;
}

function scalarRepr(value: Scalar): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return pythonFloat(value);
  return typeof value === "bigint" ? String(value) : textRepr(value);
}

function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll(
    "\t",
    "\\t",
  )
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${body}${quote}`;
}

/** The value of a scalar: a `bigint` is a Python `int`, a `number` is a Python `float`. */
export type Scalar = string | boolean | null | bigint | number;

/** The key of a mapping; `null` occurs only in arguments of resolvers. */
export type Key = Scalar;

/** A value of a configuration file, with the place where it is written. */
export type ConfigNode = MapNode | ListNode | ScalarNode;

export type ContainerNode = MapNode | ListNode;

interface Origin {
  place: Place;
  keyPlace?: Place;
  /** Places of the values that this one overrides, nearest first. */
  overrides?: readonly Place[];
  parent?: ContainerNode | undefined;
  /** The value in `parent` whose resolver created this one, which is not there itself. */
  standsFor?: ConfigNode;
  /** Whether a resolver returned it: its text is not interpolated, and references cannot lead into it. */
  opaque?: boolean;
  interpolated?: boolean;
  /** The values that the interpolation referred to. */
  sources?: readonly Source[];
}

/** A value that an interpolation referred to: where it is written, and the places of the values that it overrides. */
export interface Source {
  readonly place: Place;
  readonly overrides: readonly Place[];
}

export interface MapNode extends Origin {
  readonly kind: "map";
  readonly entries: Map<Key, ConfigNode>;
}

interface ListNode extends Origin {
  readonly kind: "list";
  readonly items: ConfigNode[];
}

export interface ScalarNode extends Origin {
  readonly kind: "scalar";
  readonly value: Scalar;
}

/** OmegaConf's spelling of a mandatory value that is not set. */
const MISSING = "???";

/** Whether a value is mandatory and not set (`???`). */
export function isMissing(node: ConfigNode): boolean {
  return node.kind === "scalar" && node.value === MISSING;
}

/** Whether a value contains an interpolation that has to be resolved. */
export function isInterpolation(node: ConfigNode): node is ScalarNode & { value: string } {
  return node.kind === "scalar" && !node.opaque && typeof node.value === "string" &&
    node.value.includes("${");
}

/** Creates a mapping; its children's `parent` is set. */
export function mapNode(place: Place, entries: Iterable<readonly [Key, ConfigNode]> = []): MapNode {
  const node: MapNode = { kind: "map", entries: new Map(), place };
  for (const [key, child] of entries) setEntry(node, key, child);
  return node;
}

export function listNode(place: Place, items: readonly ConfigNode[]): ListNode {
  const node: ListNode = { kind: "list", items: [...items], place };
  for (const item of items) item.parent = node;
  return node;
}

export function setEntry(node: MapNode, key: Key, child: ConfigNode): void {
  child.parent = node;
  node.entries.set(key, child);
}

/** Deep-copies a value; the copy has no parent. */
export function copyNode(node: ConfigNode): ConfigNode {
  if (node.kind === "scalar") return { ...node, parent: undefined };
  const copy: ContainerNode = node.kind === "map"
    ? { ...node, parent: undefined, entries: new Map() }
    : { ...node, parent: undefined, items: [] };
  for (const [key, child] of children(node)) attach(copy, key, copyNode(child));
  return copy;
}

/** The values in a mapping or list, with their keys or indexes. */
export function children(node: ContainerNode): Iterable<[Key, ConfigNode]> {
  return node.kind === "map" ? node.entries : node.items.map((item, at): [Key, ConfigNode] => [at, item]);
}

/** Adds a value under its key, or at the end of a list, and sets its `parent`. */
export function attach(node: ContainerNode, key: Key, child: ConfigNode): void {
  if (node.kind === "map") return setEntry(node, key, child);
  child.parent = node;
  node.items.push(child);
}

/** Converts a JSON value to nodes that all have one place; integers become Python's `int`. */
export function fromPlain(value: unknown, place: Place): ConfigNode {
  if (Array.isArray(value)) return listNode(place, value.map((item) => fromPlain(item, place)));
  if (typeof value === "number" && Number.isInteger(value)) {
    return { kind: "scalar", value: BigInt(value), place };
  }
  if (typeof value === "object" && value !== null) {
    if (isRawJson(value)) return { kind: "scalar", value: literal(value.rawJSON), place };
    return mapNode(place, Object.entries(value).map(([key, item]) => [key, fromPlain(item, place)]));
  }
  return { kind: "scalar", value: value === undefined ? null : (value as Scalar), place };
}

function literal(raw: string): Scalar {
  return /^-?\d+$/.test(raw) ? BigInt(raw) : Number(raw);
}

/**
 * Converts nodes to plain JSON values.
 *
 * @param options.keepFloats Returns `1.0` and integers beyond 2^53 as raw JSON literals, which `JSON.stringify`
 *   writes unchanged, instead of as numbers.
 */
export function toPlain(node: ConfigNode, options: { keepFloats?: boolean } = {}): unknown {
  if (node.kind === "list") return node.items.map((item) => toPlain(item, options));
  if (node.kind === "scalar") return plainScalar(node.value, options.keepFloats ?? false);
  const entries = [...node.entries].map(([key, item]) => [keyText(key), toPlain(item, options)] as const);
  return Object.fromEntries(entries);
}

function plainScalar(value: Scalar, keepFloats: boolean): unknown {
  if (typeof value === "bigint") {
    return keepFloats && !Number.isSafeInteger(Number(value)) ? rawJson(String(value)) : Number(value);
  }
  const whole = keepFloats && typeof value === "number" && Number.isInteger(value);
  return whole ? rawJson(pythonFloat(value)) : value;
}

/** A key as Python's `json.dumps` writes it. */
export function keyText(key: Key): string {
  if (typeof key === "number") return pythonFloat(key);
  return String(key);
}

/** A float as Python's `str` writes it. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return finiteFloat(value);
}

/**
 * Merges mappings key by key. Any other value of `over` replaces that of `under`, unless it is missing (`???`).
 *
 * @throws {UserError} `config.merge` when one value is a list and the other a mapping.
 */
export function mergeDeep(under: MapNode, over: MapNode): MapNode {
  const result = copyNode(under) as MapNode;
  for (const [key, value] of over.entries) {
    const below = under.entries.get(key);
    if (below !== undefined && isMissing(value)) continue;
    if (below?.kind === "map" && value.kind === "map") {
      const merged = mergeDeep(below, value);
      if (value.keyPlace !== undefined) merged.keyPlace = value.keyPlace;
      setEntry(result, key, merged);
      continue;
    }
    if (
      below !== undefined && below.kind !== "scalar" && value.kind !== "scalar" && below.kind !== value.kind
    ) {
      throw unlike(String(key), below, value);
    }
    setEntry(result, key, replacing(below, value));
  }
  return result;
}

/** A value that replaces another one, whose place it keeps. */
export function replacing(below: ConfigNode | undefined, value: ConfigNode): ConfigNode {
  const copy = copyNode(value);
  if (below !== undefined) copy.overrides = [nearestNode(below), ...(below.overrides ?? [])];
  return copy;
}

function unlike(key: string, below: ConfigNode, value: ConfigNode): UserError {
  const what = (node: ConfigNode) => node.kind === "map" ? "a mapping" : "a list";
  const [here, there] = [nearestNode(value), nearestNode(below)];
  return new UserError(
    `Cannot merge "${key}": it is ${what(value)} here and ${what(below)} at ${placeText(there)}`,
    // config.merge: Two files give a key values that cannot be merged. Make both a mapping, or remove one.
    { code: "config.merge", place: here },
  );
}
