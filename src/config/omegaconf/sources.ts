import { type Place, placeText } from "../../core/errors.ts";
import { nearestNode } from "./merge.ts";
import type { ConfigNode, Source } from "./node.ts";

/** @internal The values that each interpolated value was taken from. */
export type Taken = Map<ConfigNode, ConfigNode[]>;

/** @internal Records that `node` takes its value from `from`, and returns `from`. */
export function take(taken: Taken, node: ConfigNode, from: ConfigNode): ConfigNode {
  taken.set(node, [...taken.get(node) ?? [], from]);
  return from;
}

/** @internal The places that an interpolated value was taken from, without duplicates. */
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
