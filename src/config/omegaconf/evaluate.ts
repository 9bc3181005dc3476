import { type Place, UserError, type Warning } from "../../core/errors.ts";
import { type Element, type Interpolation, type NodeReference, parseText, type Text } from "./parser.ts";
import {
  type ConfigNode,
  type ContainerNode,
  isInterpolation,
  isMissing,
  type Key,
  listNode,
  mapNode,
  type Scalar,
} from "./node.ts";
import { pythonText } from "./python_text.ts";
import { holds, nodePath, rootOf, select, splitKey } from "./select.ts";
import { take, type Taken } from "./sources.ts";

/** Sources of interpolated values other than the layer itself. */
export interface Sources {
  /** Values for `${globals:…}`; `undefined` where it is not allowed. */
  readonly globals: ContainerNode | undefined;
  /** Values for `${runtime_params:…}`; `undefined` where it is not allowed. */
  readonly runtimeParams: ContainerNode | undefined;
  /** Variables for `${oc.env:…}`; `undefined` where it is not allowed, which is everywhere except in credentials. */
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  /** Names of the resolvers that the project's settings.py registers. */
  readonly custom: readonly string[];
  /** Calls a resolver that the project's settings.py registers. */
  readonly resolve: ((name: string, args: readonly unknown[]) => Promise<unknown>) | undefined;
  /** Collects warnings. */
  readonly warnings: Warning[];
}

/** @internal A resolver call in a value's text, such as `${globals:region}`. */
export interface ResolverRequest {
  readonly name: string;
  readonly args: readonly ConfigNode[];
  /** The value whose text contains the call. */
  readonly node: ConfigNode;
  /** The call as written. */
  readonly source: string;
}

/** @internal The state of resolving all interpolations of one layer. */
export interface Pass {
  readonly sources: Sources;
  readonly callResolver: (pass: Pass, request: ResolverRequest) => Promise<ConfigNode>;
  /** Resolved interpolations and their results. */
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

/** @internal Resolves a value if it is an interpolation; returns other values unchanged. */
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

/** @internal Parses the text of an interpolation. @throws {UserError} `config.interpolation`. */
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

/** @internal Evaluates the text of `node`; a single interpolation without surrounding text keeps its type. */
export async function evaluate(pass: Pass, text: Text, node: ConfigNode): Promise<ConfigNode> {
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
  const result = await pass.callResolver(pass, { name: names.join("."), args, node, source: part.source });
  if (isMissing(result)) {
    throw problem(node, `"${part.source}" resolves to "???" (a value that is still missing)`);
  }
  return result;
}

async function follow(pass: Pass, reference: NodeReference, node: ConfigNode): Promise<ConfigNode> {
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

function whyNot(
  found: { kind: "missing" | "absent" | "no_container"; path?: string },
  source: string,
): string {
  if (found.kind === "missing") return `"${source}" is "???" (a value that is still missing)`;
  if (found.kind === "absent") {
    return `key "${source.replace(/^\$\{|\}$/g, "").trim()}" not found in this environment`;
  }
  return `"${found.path}" in "${source}" has no keys`;
}

/** @internal The container that a path starts from: the root for 0 dots, else the container that many levels above. */
export function startOf(node: ConfigNode, dots: number): ContainerNode | undefined {
  let from = node.parent;
  if (from === undefined || dots === 0) return from && rootOf(from);
  for (let at = 1; at < dots; at++) from = from?.parent;
  return from;
}

/** @internal Follows a path, resolving interpolations on the way. */
export function selectIn(pass: Pass, from: ContainerNode, path: readonly string[]) {
  return select(from, path, (child) => resolveNode(pass, child));
}

/** @internal Evaluates an argument of a resolver. */
export async function evaluateElement(pass: Pass, element: Element, node: ConfigNode): Promise<ConfigNode> {
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

/** @internal A scalar that an interpolation produced. */
export function scalarAt(place: Place, value: Scalar): ConfigNode {
  return { kind: "scalar", value, place, opaque: true };
}

/** @internal The value of a scalar; `undefined` for a mapping or list. */
export function scalarOf(node: ConfigNode): Scalar | undefined {
  return node.kind === "scalar" ? node.value : undefined;
}

/** Longer text is truncated in messages. */
const SHOWN_CHARACTERS = 200;

/** @internal The error for a value that cannot be resolved. */
export function problem(node: ConfigNode, what: string, hint?: string): UserError {
  const text = node.kind === "scalar" ? ` (${JSON.stringify(shortened(String(node.value)))})` : "";
  return new UserError(`Cannot resolve "${nodePath(node)}"${text}: ${shortened(what)}`, {
    code: "config.interpolation",
    place: node.place,
    ...(hint === undefined ? {} : { hint }),
  });
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
