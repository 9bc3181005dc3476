import { ExitCode, type Place, UserError, type Warning } from "../../core/errors.ts";
import { type Element, type Interpolation, type NodeReference, parseText, type Text } from "./parser.ts";
import {
  attach,
  children,
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
import { callResolver } from "./resolvers.ts";
import { holds, pathOf, rootOf, select, splitKey } from "./select.ts";
import { sourcesOf, take, type Taken } from "./sources.ts";

/** What an interpolation may ask beside other values. */
export interface Sources {
  /** Values for `${globals:…}`; `undefined` where they may not be used. */
  readonly globals: ContainerNode | undefined;
  /** Values for `${runtime_params:…}`; `undefined` where they may not be used. */
  readonly runtimeParams: ContainerNode | undefined;
  /** Variables for `${oc.env:…}`; `undefined` where they may not be used, which is everywhere but in credentials. */
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  /** Names of the resolvers that the project defines. */
  readonly custom: readonly string[];
  /** Answers a resolver that the project defines. */
  readonly resolve: ((name: string, args: readonly unknown[]) => Promise<unknown>) | undefined;
  /** Collects what does not stop the work. */
  readonly warnings: Warning[];
}

/** @internal One pass over one layer. */
export interface Pass {
  readonly sources: Sources;
  readonly done: Map<ConfigNode, ConfigNode>;
  /** Values that are being worked out, to see one that needs itself. */
  readonly open: Set<ConfigNode>;
  readonly taken: Taken;
}

/**
 * Gives a copy of a layer in which every interpolation is worked out.
 *
 * @throws {UserError} `config.interpolation` with the place of the text that cannot be worked out.
 */
export async function interpolate<T extends ContainerNode>(layer: T, sources: Sources): Promise<T> {
  const pass: Pass = { sources, done: new Map(), open: new Set(), taken: new Map() };
  return await settle(pass, layer, new Set()) as T;
}

async function settle(pass: Pass, node: ConfigNode, above: Set<ConfigNode>): Promise<ConfigNode> {
  const value = await resolveNode(pass, node);
  const { place, keyPlace, overrides } = node;
  const kept = {
    place,
    ...(keyPlace === undefined ? {} : { keyPlace }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(node === value ? {} : { interpolated: true, sources: sourcesOf(pass.taken, node) }),
  };
  if (value.kind === "scalar") return { kind: "scalar", value: value.value, opaque: true, ...kept };
  if (above.has(value)) throw problem(node, "it holds itself");
  const copy: ContainerNode = value.kind === "map"
    ? { kind: "map", entries: new Map(), ...kept }
    : { kind: "list", items: [], ...kept };
  above.add(value);
  for (const [key, child] of children(value)) attach(copy, key, await settle(pass, child, above));
  above.delete(value);
  return copy;
}

/**
 * Refuses text that would not do as an interpolation, as Kedro does when `soft` merging reads worked-out text again.
 *
 * @throws {UserError} `config.interpolation`.
 */
export function checkTexts(node: ConfigNode): void {
  if (node.kind !== "scalar") { for (const [, child] of children(node)) checkTexts(child); }
  else if (typeof node.value === "string" && node.value.includes("${")) parse({ ...node, value: node.value });
}

/** @internal Gives what a value stands for; what is no interpolation stands for itself. */
export async function resolveNode(pass: Pass, node: ConfigNode): Promise<ConfigNode> {
  if (!isInterpolation(node)) return node;
  const known = pass.done.get(node);
  if (known !== undefined) return known;
  if (pass.open.has(node)) throw problem(node, "it needs itself");
  pass.open.add(node);
  try {
    const result = await evaluate(pass, parse(node), node);
    if (isMissing(result)) throw problem(node, `it comes to "???", which nobody has filled in`);
    pass.done.set(node, result);
    return result;
  } catch (thrown) {
    throw thrown instanceof SyntaxError ? problem(node, thrown.message) : thrown;
  } finally {
    pass.open.delete(node);
  }
}

function parse(node: ConfigNode & { value: string }): Text {
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

/** @internal Works out text on behalf of `node`; a lone interpolation keeps its type. */
export async function evaluate(pass: Pass, text: Text, node: ConfigNode): Promise<ConfigNode> {
  const [only] = text;
  if (text.length === 1 && typeof only === "object") return await evaluateOne(pass, only, node);
  let result = "";
  for (const part of text) {
    result += typeof part === "string" ? part : pythonText(await evaluateOne(pass, part, node));
  }
  return scalarAt(node.place, result);
}

async function evaluateOne(pass: Pass, part: Interpolation, node: ConfigNode): Promise<ConfigNode> {
  if (part.kind === "reference") return await follow(pass, part, node);
  const names: string[] = [];
  for (const name of part.name) {
    const value = typeof name === "string" ? name : scalarOf(await evaluateOne(pass, name, node));
    if (typeof value !== "string") throw problem(node, `"${part.source}" needs text as the resolver's name`);
    names.push(value);
  }
  const args: ConfigNode[] = [];
  for (const element of part.args) args.push(await evaluateElement(pass, element, node));
  const result = await callResolver(pass, { name: names.join("."), args, node, source: part.source });
  if (isMissing(result)) throw problem(node, `"${part.source}" comes to "???", which nobody has filled in`);
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
      throw problem(node, `"${key.source}" stands for a key and so must come to text or a whole number`);
    }
    const text = String(value);
    const leading = path.length === 0 && !inBrackets ? text.match(/^\.*/)![0].length : 0;
    dots += leading;
    path.push(
      ...(inBrackets ? splitKey(`[${text}]`) : leading === text.length ? [] : splitKey(text.slice(leading))),
    );
  }
  const from = startOf(node, dots);
  const found = from === undefined ? { kind: "absent" } as const : await selectIn(pass, from, path);
  if (found.kind === "found") {
    if (holds(found.node, node)) throw problem(node, `"${reference.source}" is a value that holds this one`);
    return take(pass.taken, node, found.node);
  }
  throw problem(node, whyNot(found, reference.source));
}

function whyNot(
  found: { kind: "missing" | "absent" | "no_container"; path?: string },
  source: string,
): string {
  if (found.kind === "missing") return `"${source}" is "???", which nobody has filled in`;
  if (found.kind === "absent") {
    return `there is no "${source.replace(/^\$\{|\}$/g, "").trim()}" in this environment`;
  }
  return `"${found.path}" of "${source}" has no keys`;
}

/** @internal Where a path begins: at the top, or `dots` containers above the value. */
export function startOf(node: ConfigNode, dots: number): ContainerNode | undefined {
  let from = node.parent;
  if (from === undefined || dots === 0) return from && rootOf(from);
  for (let at = 1; at < dots; at++) from = from?.parent;
  return from;
}

/** @internal Follows a path through interpolations. */
export function selectIn(pass: Pass, from: ContainerNode, path: readonly string[]) {
  return select(from, path, (child) => resolveNode(pass, child));
}

/** @internal Works out an argument. */
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

/** A view of a value that may be put elsewhere without taking it from where it is. */
function detached(node: ConfigNode): ConfigNode {
  return { ...node };
}

/** @internal A value that interpolation made. */
export function scalarAt(place: Place, value: Scalar): ConfigNode {
  return { kind: "scalar", value, place, opaque: true };
}

/** @internal The value of a scalar; `undefined` for a mapping or list. */
export function scalarOf(node: ConfigNode): Scalar | undefined {
  return node.kind === "scalar" ? node.value : undefined;
}

/** @internal What is said of a text that cannot be worked out. */
export function problem(node: ConfigNode, what: string, hint?: string): UserError {
  const text = node.kind === "scalar" ? ` (${JSON.stringify(String(node.value))})` : "";
  return new UserError(`Cannot work out "${pathOf(node)}"${text}: ${what}`, {
    code: "config.interpolation",
    exit: ExitCode.Config,
    place: node.place,
    ...(hint === undefined ? {} : { hint }),
  });
}
