import { type Place, placeText } from "../../core/errors.ts";
import { nearestNode } from "./merge.ts";
import type { ConfigNode, Source } from "./node.ts";

/** @internal The values that each interpolated value was made of. */
export type Taken = Map<ConfigNode, ConfigNode[]>;

/** @internal Remembers that a value is made of another one, and gives that. */
export function take(taken: Taken, node: ConfigNode, from: ConfigNode): ConfigNode {
  taken.set(node, [...taken.get(node) ?? [], from]);
  return from;
}

/** @internal Where the values are that one was made of, each once. */
export function sourcesOf(taken: Taken, node: ConfigNode): Source[] {
  const sources = (taken.get(node) ?? []).map((from): Source => ({
    place: nearestNode(from),
    overrides: replacedBy(from),
  }));
  return [...new Map(sources.map((one) => [placeText(one.place), one])).values()];
}

/** What a value replaced, or a mapping that it is in. */
function replacedBy({ overrides = [], parent }: ConfigNode): readonly Place[] {
  return parent === undefined ? overrides : [...overrides, ...replacedBy(parent)];
}
