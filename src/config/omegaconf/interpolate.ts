import { parse, type Pass, problem, resolveNode, type Sources } from "./evaluate.ts";
import { attach, children, type ConfigNode, type ContainerNode } from "./node.ts";
import { callResolver } from "./resolvers.ts";
import { sourcesOf } from "./sources.ts";

export type { Sources };

/**
 * Returns a copy of a layer with every interpolation resolved.
 *
 * @throws {UserError} `config.interpolation` with the place of the value that cannot be resolved.
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
  return await settle({ pass, above: new Set(), settled: 0 }, layer) as T;
}

/** Most values that a layer may have after interpolation: lists that repeat each other double at every step. */
const MAX_VALUES = 250_000;

interface Settling {
  readonly pass: Pass;
  /** The containers around the value, to detect one that contains itself. */
  readonly above: Set<ConfigNode>;
  /** Number of values copied so far. */
  settled: number;
}

async function settle(settling: Settling, node: ConfigNode): Promise<ConfigNode> {
  const { pass, above } = settling;
  if (++settling.settled > MAX_VALUES) {
    throw problem(node, "interpolations in this environment produce more than 250,000 values");
  }
  const value = await resolveNode(pass, node);
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
