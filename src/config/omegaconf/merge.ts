import { placeText, UserError } from "../../core/errors.ts";
import { type ConfigNode, copyNode, isMissing, type MapNode, nearestNode, setEntry } from "./node.ts";

/** Kedro's `merge_strategy` for one kind of configuration. */
type MergeStrategy = "destructive" | "soft";

/**
 * Merges the layer `over` onto the layer `under`, as Kedro's loader does.
 *
 * With `"destructive"` a top-level key of `over` replaces everything below that key in `under`; with `"soft"`
 * mappings merge key by key. Lists are replaced in both. The places of replaced values are kept in `overrides`.
 *
 * @throws {UserError} `config.merge` when `"soft"` has to merge a list and a mapping.
 */
export function mergeLayers(under: MapNode, over: MapNode, strategy: MergeStrategy = "destructive"): MapNode {
  if (strategy === "soft") return mergeDeep(under, over);
  const result = copyNode(under) as MapNode;
  for (const [key, value] of over.entries) setEntry(result, key, replacing(under.entries.get(key), value));
  return result;
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

function replacing(below: ConfigNode | undefined, value: ConfigNode): ConfigNode {
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
