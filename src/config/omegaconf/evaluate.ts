import { type Place, placeText, UserError } from "../../core/errors.ts";
import { type Element, type Interpolation, parseText, type Text } from "./grammar.ts";
import {
  type ConfigNode,
  type ContainerNode,
  isInterpolation,
  isMissing,
  type Key,
  listNode,
  type MapNode,
  mapNode,
  nearestNode,
  pythonText,
  type Scalar,
  type Source,
} from "./node.ts";

/** Sources of interpolated values other than the layer itself. */
export interface Sources {
  /** Values for `${globals:…}`; `undefined` where it is not allowed. */
  readonly globals: ContainerNode | undefined;
  /** Values for `${runtime_params:…}`; `undefined` where it is not allowed. */
  readonly runtimeParams: ContainerNode | undefined;
  /** Names of the resolvers that the project's settings.py registers. */
  readonly custom: readonly string[];
  /** Calls a resolver that the project's settings.py registers, or one of OmegaConf's. */
  readonly resolve: ((name: string, args: readonly unknown[]) => Promise<unknown>) | undefined;
}

/** A resolver call in a value's text, such as `${globals:region}`. */
export interface ResolverUse {
  readonly name: string;
  readonly args: readonly ConfigNode[];
  readonly node: ConfigNode;
}

/** The state of resolving all interpolations of one layer. */
export interface Pass {
  readonly sources: Sources;
  readonly callResolver: (pass: Pass, request: ResolverUse) => Promise<ConfigNode>;
  readonly done: Map<ConfigNode, ConfigNode>;
  /** Values that are being resolved; meeting one of them again means that it refers to itself. */
  readonly open: Set<ConfigNode>;
  readonly taken: Taken;
  /** Number of characters that interpolations have produced so far. */
  madeCharacters: number;
}

/** Longest chain of references. OmegaConf fails much earlier, at Python's recursion limit. */
const MAX_CHAIN = 200;
/** Most text that the interpolations of one layer may produce: values that repeat each other double at every step. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Resolves a value if it is an interpolation; returns other values unchanged. */
export async function resolveNode(pass: Pass, node: ConfigNode): Promise<ConfigNode> {
  if (!isInterpolation(node)) return node;
  const resolved = pass.done.get(node);
  if (resolved !== undefined) return resolved;
  if (pass.open.has(node)) throw problem(node, "it refers to itself");
  if (pass.open.size >= MAX_CHAIN) {
    throw problem(node, `more than ${MAX_CHAIN} values refer to each other in a row`);
  }
  pass.open.add(node);
  try {
    const result = await evaluate(pass, parse(node), node);
    if (isMissing(result)) throw problem(node, `it resolves to "???" (a value that is still missing)`);
    pass.done.set(node, result);
    return result;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw problem(node, thrown.message);
    if (thrown instanceof RangeError) throw problem(node, "it is nested too deeply");
    throw thrown;
  } finally {
    pass.open.delete(node);
  }
}

/** Parses the text of an interpolation. @throws {UserError} `config.interpolation`. */
export function parse(node: ConfigNode & { value: string }): Text {
  try {
    return parseText(node.value);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw problem(
      node,
      thrown.message,
      node.value.includes("${{") ? "Write `\\${{` for a literal `${{`" : undefined,
    );
  }
}

/** Evaluates the text of `node`; a single interpolation without surrounding text keeps its type. */
async function evaluate(pass: Pass, text: Text, node: ConfigNode): Promise<ConfigNode> {
  const [only] = text;
  if (text.length === 1 && typeof only === "object") return await evaluateOne(pass, only, node);
  let result = "";
  for (const part of text) {
    const added = typeof part === "string" ? part : pythonText(await evaluateOne(pass, part, node));
    pass.madeCharacters += added.length;
    if (pass.madeCharacters > MAX_CHARACTERS) {
      throw problem(node, "interpolations in this environment produce more than 32 MiB of text");
    }
    result += added;
  }
  return scalarAt(node.place, result);
}

async function evaluateOne(pass: Pass, part: Interpolation, node: ConfigNode): Promise<ConfigNode> {
  if (part.kind === "reference") return await follow(pass, part, node);
  const names: string[] = [];
  for (const name of part.name) {
    const value = typeof name === "string" ? name : scalarOf(await evaluateOne(pass, name, node));
    if (typeof value !== "string") throw problem(node, `the resolver name in "${part.source}" is not text`);
    names.push(value);
  }
  const args: ConfigNode[] = [];
  for (const element of part.args) args.push(await evaluateElement(pass, element, node));
  const result = await pass.callResolver(pass, { name: names.join("."), args, node });
  if (isMissing(result)) {
    throw problem(node, `"${part.source}" resolves to "???" (a value that is still missing)`);
  }
  return result;
}

async function follow(
  pass: Pass,
  reference: Extract<Interpolation, { kind: "reference" }>,
  node: ConfigNode,
): Promise<ConfigNode> {
  const path: string[] = [];
  let { dots } = reference;
  for (const { key, inBrackets } of reference.keys) {
    if (typeof key === "string") {
      path.push(key);
      continue;
    }
    const value = scalarOf(await evaluateOne(pass, key, node));
    if (typeof value !== "string" && typeof value !== "bigint") {
      throw problem(node, `"${key.source}" is used as a key and must be text or an integer`);
    }
    const text = String(value);
    const leading = path.length === 0 && !inBrackets ? text.match(/^\.*/)![0].length : 0;
    dots += leading;
    path.push(
      ...(inBrackets ? splitKey(`[${text}]`) : leading === text.length ? [] : splitKey(text.slice(leading))),
    );
  }
  const from = startOf(node, dots);
  const selected = from === undefined ? { kind: "absent" } as const : await selectIn(pass, from, path);
  if (selected.kind === "found") {
    if (holds(selected.node, node)) throw problem(node, `"${reference.source}" contains this value`);
    return take(pass.taken, node, selected.node);
  }
  throw problem(node, whyNot(selected, reference.source));
}

function whyNot(found: Exclude<Selected, { readonly kind: "found" }>, source: string): string {
  if (found.kind === "missing") return `"${source}" is "???" (a value that is still missing)`;
  if (found.kind === "absent") {
    return `key "${source.replace(/^\$\{|\}$/g, "").trim()}" not found in this environment`;
  }
  return `"${found.path}" in "${source}" has no keys`;
}

/** The container that a path starts from: the root for 0 dots, else the container that many levels above. */
export function startOf(node: ConfigNode, dots: number): ContainerNode | undefined {
  let from = node.parent;
  if (from === undefined || dots === 0) return from && rootOf(from);
  for (let at = 1; at < dots; at++) from = from?.parent;
  return from;
}

/** Follows a path, resolving interpolations on the way. */
export function selectIn(pass: Pass, from: ContainerNode, path: readonly string[]) {
  return select(from, path, (child) => resolveNode(pass, child));
}

async function evaluateElement(pass: Pass, element: Element, node: ConfigNode): Promise<ConfigNode> {
  if (element.kind === "value") return scalarAt(node.place, element.value);
  if (element.kind === "text") return await evaluate(pass, element.text, node);
  if (element.kind === "list") {
    const items: ConfigNode[] = [];
    for (const item of element.items) items.push(await evaluateElement(pass, item, node));
    return { ...listNode(node.place, items.map(detached)), opaque: true };
  }
  const entries: [Key, ConfigNode][] = [];
  for (const [key, item] of element.entries) {
    entries.push([key, detached(await evaluateElement(pass, item, node))]);
  }
  return { ...mapNode(node.place, entries), opaque: true };
}

/** A shallow copy, so that a value can be added to another container and stay in its own. */
function detached(node: ConfigNode): ConfigNode {
  return { ...node };
}

export function scalarAt(place: Place, value: Scalar): ConfigNode {
  return { kind: "scalar", value, place, opaque: true };
}

/** The value of a scalar; `undefined` for a mapping or list. */
export function scalarOf(node: ConfigNode): Scalar | undefined {
  return node.kind === "scalar" ? node.value : undefined;
}

/** Longer text is truncated in messages. */
const SHOWN_CHARACTERS = 200;

export function problem(node: ConfigNode, what: string, hint?: string): UserError {
  const text = node.kind === "scalar" ? ` (${JSON.stringify(shortened(String(node.value)))})` : "";
  return new UserError(`Cannot resolve "${nodePath(node)}"${text}: ${shortened(what)}`, {
    // config.interpolation: An interpolation `${…}` cannot be resolved. Correct it at the place that the
    //   message names.
    code: "config.interpolation",
    place: node.place,
    ...(hint === undefined ? {} : { hint }),
  });
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

type Selected =
  | { readonly kind: "found"; readonly node: ConfigNode }
  | { readonly kind: "missing" }
  | { readonly kind: "absent" }
  | { readonly kind: "no_container"; readonly path: string };

/**
 * Follows a path down from a container, resolving interpolations on the way.
 *
 * @param resolve Returns the value of an interpolation.
 * @throws {SyntaxError} when a key of a list is not an index.
 */
async function select(
  from: ContainerNode,
  path: readonly string[],
  resolve: (node: ConfigNode) => Promise<ConfigNode>,
): Promise<Selected> {
  let node: ConfigNode = from;
  for (const [depth, key] of path.entries()) {
    if (node.kind === "scalar" || node.opaque) {
      return { kind: "no_container", path: path.slice(0, depth).join(".") };
    }
    const child = childOf(node, key);
    if (child === undefined) return { kind: "absent" };
    if (isMissing(child)) return { kind: "missing" };
    node = await resolve(child);
  }
  return { kind: "found", node };
}

/** The child at a key of a mapping or at an index of a list; a negative index counts from the end. */
function childOf(node: ContainerNode, key: string): ConfigNode | undefined {
  const isIndex = /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(key);
  if (node.kind === "map") {
    return node.entries.get(key) ??
      (isIndex ? node.entries.get(BigInt(key.trim().replaceAll("_", ""))) : undefined);
  }
  if (!isIndex) throw new SyntaxError(`"${key}" is not a list index`);
  return node.items.at(Number(key.replaceAll("_", "")));
}

function rootOf(node: ContainerNode): ContainerNode {
  let root = node;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/** Whether `node` is `below` or contains it. */
function holds(node: ConfigNode, below: ConfigNode): boolean {
  for (let at: ConfigNode | undefined = below; at !== undefined; at = at.parent) {
    if (at === node) return true;
  }
  return false;
}

/** The path of a value in its file, such as `jobs.main.compute`. */
function nodePath(node: ConfigNode): string {
  const parts: string[] = [];
  for (let current = node; current.parent !== undefined; current = current.parent) {
    const { parent, standsFor = current } = current;
    if (parent.kind === "list") parts.unshift(`[${parent.items.indexOf(standsFor)}]`);
    else parts.unshift(`.${keyOf(parent, standsFor)}`);
  }
  return parts.join("").replace(/^\./, "");
}

function keyOf(parent: MapNode, child: ConfigNode): string {
  for (const [key, node] of parent.entries) {
    if (node === child) return String(key);
  }
  return "?";
}

/** Splits `a.b[c]` into its keys; a backslash escapes `.`, `[`, `]` and `=`. */
export function splitKey(path: string): string[] {
  const keys: string[] = [];
  let at = 0;
  if (path[0] !== "[") at = readDotted(path, 0, keys);
  while (at < path.length) {
    if (path[at] === ".") at = readDotted(path, at + 1, keys);
    else {
      const end = readUntil(path, at + 1, "]");
      if (path[end.at] !== "]") break;
      keys.push(end.text);
      at = end.at + 1;
    }
  }
  return keys;
}

function readDotted(path: string, from: number, keys: string[]): number {
  const { text, at } = readUntil(path, from, ".[");
  keys.push(text);
  return at;
}

function readUntil(path: string, from: number, ends: string): { text: string; at: number } {
  let text = "";
  let at = from;
  while (at < path.length && !ends.includes(path[at]!)) {
    const escaped = path[at] === "\\" && ".[]=".includes(path[at + 1] ?? " ");
    text += escaped ? path[at + 1] : path[at];
    at += escaped ? 2 : 1;
  }
  return { text, at };
}

/** The values that each interpolated value was taken from. */
type Taken = Map<ConfigNode, ConfigNode[]>;

/** Records that `node` takes its value from `from`, and returns `from`. */
export function take(taken: Taken, node: ConfigNode, from: ConfigNode): ConfigNode {
  taken.set(node, [...taken.get(node) ?? [], from]);
  return from;
}

/** The places that an interpolated value was taken from, without duplicates. */
export function sourcesOf(taken: Taken, node: ConfigNode): Source[] {
  const sources = (taken.get(node) ?? []).map((from): Source => ({
    place: nearestNode(from),
    overrides: replacedBy(from),
  }));
  return [...new Map(sources.map((source) => [placeText(source.place), source])).values()];
}

/** Places of the values that this value, or a mapping around it, overrides. */
function replacedBy({ overrides = [], parent }: ConfigNode): readonly Place[] {
  return parent === undefined ? overrides : [...overrides, ...replacedBy(parent)];
}
