import type { Place } from "../../core/errors.ts";

/** What a scalar of a file can be: a `bigint` is a Python `int`, a `number` is a Python `float`. */
export type Scalar = string | boolean | null | bigint | number;

/** What a mapping's key can be; `null` only in what a resolver is given. */
export type Key = Scalar;

/** A value of a configuration file, which knows where it was written. */
export type ConfigNode = MapNode | ListNode | ScalarNode;

/** A value that holds others. */
export type ContainerNode = MapNode | ListNode;

/** What every value knows. */
interface Origin {
  /** Where the value is written. */
  place: Place;
  /** Where the key is written that the value belongs to. */
  keyPlace?: Place;
  /** Where values were written that this one replaced, the nearest first. */
  overrides?: readonly Place[];
  parent?: ContainerNode | undefined;
  /** Came out of a resolver: nothing in it is interpolated, and no interpolation looks inside. */
  opaque?: boolean;
  /** Was written as an interpolation. */
  interpolated?: boolean;
  /** What the interpolation took its value from. */
  sources?: readonly Source[];
}

/** A value that an interpolation referred to: where it is written, and where those are that it replaced. */
export interface Source {
  readonly place: Place;
  readonly overrides: readonly Place[];
}

/** A mapping. */
export interface MapNode extends Origin {
  readonly kind: "map";
  readonly entries: Map<Key, ConfigNode>;
}

/** A list. */
export interface ListNode extends Origin {
  readonly kind: "list";
  readonly items: ConfigNode[];
}

/** Text, number, boolean or nothing. */
export interface ScalarNode extends Origin {
  readonly kind: "scalar";
  readonly value: Scalar;
}

/** How OmegaConf spells a mandatory value that is not set. */
const MISSING = "???";

/** Whether a value is mandatory and not set (`???`). */
export function isMissing(node: ConfigNode): boolean {
  return node.kind === "scalar" && node.value === MISSING;
}

/** Whether a value's text is to be interpolated. */
export function isInterpolation(node: ConfigNode): node is ScalarNode & { value: string } {
  return node.kind === "scalar" && !node.opaque && typeof node.value === "string" &&
    node.value.includes("${");
}

/** Makes a mapping at a place. */
export function mapNode(place: Place, entries: Iterable<readonly [Key, ConfigNode]> = []): MapNode {
  const node: MapNode = { kind: "map", entries: new Map(), place };
  for (const [key, child] of entries) setEntry(node, key, child);
  return node;
}

/** Makes a list at a place. */
export function listNode(place: Place, items: readonly ConfigNode[]): ListNode {
  const node: ListNode = { kind: "list", items: [...items], place };
  for (const item of items) item.parent = node;
  return node;
}

/** Puts a value under a key and makes it belong there. */
export function setEntry(node: MapNode, key: Key, child: ConfigNode): void {
  child.parent = node;
  node.entries.set(key, child);
}

/** Copies a value with all below it; the copy belongs nowhere yet. */
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

/** Adds a value under its key or at the end, and makes it belong there. */
export function attach(node: ContainerNode, key: Key, child: ConfigNode): void {
  if (node.kind === "map") return setEntry(node, key, child);
  child.parent = node;
  node.items.push(child);
}

/** Turns a value of JSON into nodes, all at one place; whole numbers become Python's `int`. */
export function fromPlain(value: unknown, place: Place): ConfigNode {
  if (Array.isArray(value)) return listNode(place, value.map((item) => fromPlain(item, place)));
  if (typeof value === "number" && Number.isInteger(value)) {
    return { kind: "scalar", value: BigInt(value), place };
  }
  if (typeof value === "object" && value !== null) {
    const raw = (value as { rawJSON?: unknown }).rawJSON;
    if (typeof raw === "string") return { kind: "scalar", value: literal(raw), place };
    return mapNode(place, Object.entries(value).map(([key, item]) => [key, fromPlain(item, place)]));
  }
  return { kind: "scalar", value: value === undefined ? null : (value as Scalar), place };
}

function literal(raw: string): Scalar {
  return /^-?\d+$/.test(raw) ? BigInt(raw) : Number(raw);
}

/**
 * Turns nodes into plain values as JSON has them.
 *
 * @param options.keepFloats Gives `1.0` and integers beyond 2^53 as raw JSON literals, which `JSON.stringify` writes as
 *   they are; plain numbers when absent.
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

function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
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
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const decimals = Math.max(1, digits.replace(/[-.]/g, "").length - 1 - power);
  return value.toFixed(Math.min(100, decimals));
}
