import { severalErrors, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import {
  parse,
  type Pass,
  problem,
  resolveNode,
  type ResolverUse,
  scalarAt,
  scalarOf,
  selectIn,
  type Sources,
  sourcesOf,
  splitKey,
  startOf,
  take,
} from "./evaluate.ts";
import {
  attach,
  children,
  type ConfigNode,
  type ContainerNode,
  fromPlain,
  isMissing,
  listNode,
  type MapNode,
  toPlain,
} from "./node.ts";

export type { Sources };

/**
 * Returns a copy of a layer with every interpolation resolved.
 *
 * @throws {UserError} `config.interpolation` with the place of each value that cannot be resolved.
 */
export async function interpolate<T extends ContainerNode>(layer: T, sources: Sources): Promise<T> {
  const pass: Pass = {
    sources,
    callResolver,
    done: new Map(),
    open: new Set(),
    taken: new Map(),
    madeCharacters: 0,
  };
  const settling: Settling = { pass, above: new Set(), errors: [], settled: 0 };
  const settled = await settle(settling, layer) as T;
  if (settling.errors.length > 0) throw severalErrors(settling.errors);
  return settled;
}

/** Most values that a layer may have after interpolation: lists that repeat each other double at every step. */
const MAX_VALUES = 250_000;
/** After so many errors, the rest is not looked at. */
const MAX_ERRORS = 20;

interface Settling {
  readonly pass: Pass;
  /** The containers around the value, to detect one that contains itself. */
  readonly above: Set<ConfigNode>;
  /** Those of values that cannot be resolved, to report all in one round. */
  readonly errors: UserError[];
  settled: number;
}

async function settle(settling: Settling, node: ConfigNode): Promise<ConfigNode> {
  const { pass, above } = settling;
  if (++settling.settled > MAX_VALUES) {
    throw problem(node, "interpolations in this environment produce more than 250,000 values");
  }
  let value: ConfigNode;
  try {
    value = await resolveNode(pass, node);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    if (settling.errors.push(thrown) === MAX_ERRORS) throw severalErrors(settling.errors);
    return scalarAt(node.place, null);
  }
  const { place, keyPlace, overrides } = node;
  const kept = {
    place,
    ...(keyPlace === undefined ? {} : { keyPlace }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(node === value ? {} : { interpolated: true, sources: sourcesOf(pass.taken, node) }),
  };
  if (value.kind === "scalar") return { kind: "scalar", value: value.value, opaque: true, ...kept };
  if (above.has(value)) throw problem(node, "it contains itself");
  const copy: ContainerNode = value.kind === "map"
    ? { kind: "map", entries: new Map(), ...kept }
    : { kind: "list", items: [], ...kept };
  above.add(value);
  for (const [key, child] of children(value)) attach(copy, key, await settle(settling, child));
  above.delete(value);
  return copy;
}

/**
 * Rejects text that is not a valid interpolation, as Kedro does when `soft` merging parses resolved text again.
 *
 * @throws {UserError} `config.interpolation`.
 */
export function checkTexts(node: ConfigNode): void {
  if (node.kind !== "scalar") { for (const [, child] of children(node)) checkTexts(child); }
  else if (typeof node.value === "string" && node.value.includes("${")) parse({ ...node, value: node.value });
}

/** A built-in resolver: its largest number of arguments, of which the first is required, and its function. */
interface Resolver {
  readonly maxArgs: 1 | 2;
  readonly run: (pass: Pass, call: ResolverUse) => ConfigNode | Promise<ConfigNode>;
}

const RESOLVERS: Readonly<Record<string, Resolver>> = {
  "globals": { maxArgs: 2, run: (pass, call) => fromSource(pass, call, pass.sources.globals) },
  "runtime_params": { maxArgs: 2, run: (pass, call) => fromSource(pass, call, pass.sources.runtimeParams) },
  "oc.select": { maxArgs: 2, run: selectValue },
  "oc.deprecated": { maxArgs: 2, run: deprecated },
  "oc.dict.keys": { maxArgs: 1, run: dictKeys },
  "oc.dict.values": { maxArgs: 1, run: dictValues },
};

/** Rare resolvers, which Kedro's own OmegaConf is asked for. */
const OF_PYTHON = ["oc.create", "oc.decode"];

/** Calls a resolver: one of OmegaConf's or Kedro's, or one that the project registers. */
async function callResolver(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  const { sources } = pass;
  const own = ownValue(RESOLVERS, call.name);
  const refused = (call.name === "globals" && sources.globals === undefined) ||
    (call.name === "runtime_params" && sources.runtimeParams === undefined);
  if (own !== undefined && !refused) {
    if (call.args.length < 1 || call.args.length > own.maxArgs) {
      const count = own.maxArgs === 1 ? "1" : "1 or 2";
      throw problem(call.node, `"${call.name}" takes ${count} arguments, not ${call.args.length}`);
    }
    return await own.run(pass, call);
  }
  if ([...sources.custom, ...OF_PYTHON].includes(call.name) && sources.resolve !== undefined) {
    return opaque(fromPlain(await callPython(sources.resolve, call), call.node.place));
  }
  throw unknownResolver(pass, call, refused);
}

/** Calls a resolver in Python; an error in its code also names the value that uses it. */
async function callPython(resolve: NonNullable<Sources["resolve"]>, { name, args, node }: ResolverUse) {
  try {
    return await resolve(name, args.map((arg) => toPlain(arg, { keepFloats: true })));
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== "kedro.project_code") throw thrown;
    const reason = thrown.message.replace(/^Cannot read the project's pipelines: /, "");
    throw problem(node, `the resolver "${name}" fails: ${reason}`, thrown.hint);
  }
}

function unknownResolver(pass: Pass, { name, node }: ResolverUse, refused: boolean): Error {
  if (refused) return problem(node, `the resolver "${name}" is not allowed in globals`);
  if (name === "oc.env") {
    return problem(
      node,
      'the resolver "oc.env" is only allowed in credentials',
      'Add "oc.env": oc.env to custom_resolvers of CONFIG_LOADER_ARGS in settings.py to use it elsewhere',
    );
  }
  const names = [...Object.keys(RESOLVERS), ...OF_PYTHON, ...pass.sources.custom];
  return problem(
    node,
    `unknown resolver "${name}"${didYouMean(name, names)}`,
    "Register it under custom_resolvers of CONFIG_LOADER_ARGS in settings.py",
  );
}

/** Marks a resolver's result so that interpolations in its text are not resolved. */
function opaque(node: ConfigNode): ConfigNode {
  node.opaque = true;
  if (node.kind === "map") node.entries.forEach(opaque);
  if (node.kind === "list") node.items.forEach(opaque);
  return node;
}

async function fromSource(
  pass: Pass,
  call: ResolverUse,
  source: ContainerNode | undefined,
): Promise<ConfigNode> {
  const key = textArgument(call);
  if (call.name === "globals" && key.startsWith("_")) {
    throw problem(call.node, '`globals` does not read keys that begin with "_"');
  }
  const dots = key.match(/^\.*/)![0].length;
  const selected = source === undefined || dots > 1
    ? { kind: "absent" } as const
    : await selectIn(pass, source, key === "" || key === "." ? [] : splitKey(key.slice(dots)));
  if (selected.kind === "found") return take(pass.taken, call.node, selected.node);
  if (call.args.length === 2) return call.args[1]!;
  const missing = call.name === "globals"
    ? `"${key}" not found in globals`
    : `runtime parameter "${key}" is not set`;
  throw problem(call.node, `${missing}, and no default is given`);
}

async function selectValue(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  return await selectByText(pass, call) ?? call.args[1] ?? scalarAt(call.node.place, null);
}

async function selectByText(pass: Pass, call: ResolverUse): Promise<ConfigNode | undefined> {
  const key = textArgument(call);
  const dots = key.match(/^\.*/)![0].length;
  const from = startOf(call.node, dots);
  if (from === undefined) return undefined;
  const rest = key.slice(dots);
  const selected = await selectIn(pass, from, rest === "" ? [] : splitKey(rest));
  return selected.kind === "found" && !isMissing(selected.node)
    ? take(pass.taken, call.node, selected.node)
    : undefined;
}

async function requireByText(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  const selected = await selectByText(pass, call);
  if (selected !== undefined) return selected;
  throw problem(call.node, `key "${textArgument(call)}" not found in this environment`);
}

/** The value of another key; the warning about it is for who edits the file, who sees the call. */
async function deprecated(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  const [, warning] = call.args;
  if (warning !== undefined && typeof scalarOf(warning) !== "string") {
    throw problem(call.node, '"oc.deprecated" takes its message as text');
  }
  return await requireByText(pass, call);
}

async function dictKeys(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  const map = await requireMap(pass, call);
  return listNode(call.node.place, [...map.entries.keys()].map((key) => scalarAt(call.node.place, key)));
}

/** References to the values, as in OmegaConf: resolved in a list, so a relative key needs one more dot. */
async function dictValues(pass: Pass, call: ResolverUse): Promise<ConfigNode> {
  const map = await requireMap(pass, call);
  const key = textArgument(call);
  const from = key.startsWith(".") ? `.${key}` : key;
  const list = listNode(
    call.node.place,
    [...map.entries.keys()].map((name): ConfigNode => ({
      kind: "scalar",
      value: `\${${from}.${name}}`,
      place: call.node.place,
    })),
  );
  // Where it was called: relative keys start there.
  return Object.assign(list, { parent: call.node.parent, standsFor: call.node });
}

async function requireMap(pass: Pass, call: ResolverUse): Promise<MapNode> {
  const selected = await requireByText(pass, call);
  if (selected.kind !== "map") throw problem(call.node, `"${textArgument(call)}" is not a mapping`);
  return selected;
}

function textArgument(call: ResolverUse): string {
  const value = scalarOf(call.args[0]!);
  if (typeof value !== "string") throw problem(call.node, `"${call.name}" takes a key as its first argument`);
  return value;
}
