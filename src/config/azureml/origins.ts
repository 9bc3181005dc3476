import type { Place } from "../../core/errors.ts";
import type { Layers } from "../layers/layers.ts";
import { nearestNode } from "../omegaconf/merge.ts";
import { children, type ConfigNode, keyText, type Source, toPlain } from "../omegaconf/node.ts";

/** One value of azureml.yml and where it came from. */
export interface Origin {
  /** Dotted path, such as `jobs.main.compute`. */
  readonly key: string;
  readonly value: unknown;
  readonly place: Place;
  /** Places of the values that this one overrides, nearest first. */
  readonly overrides: readonly Place[];
  /** Whether the value comes from an interpolation; it may then be a secret. */
  readonly interpolated: boolean;
  /** The values that the interpolation referred to, such as one in globals.yml. */
  readonly sources: readonly Source[];
}

/** Lists every value of the merged layers with its origin, in the order of the files. */
export function originsOf({ values }: Pick<Layers, "values">): readonly Origin[] {
  return [...children(values)].flatMap(([key, node]) => origins(node, keyText(key), []));
}

/** Lists the values at and below a node. A node that overrides a whole mapping overrides every value in it. */
function origins(node: ConfigNode, key: string, above: readonly Place[]): Origin[] {
  const overrides = [...node.overrides ?? [], ...above];
  const below = node.kind === "scalar" ? [] : [...children(node)];
  if (node.kind === "scalar" || below.length === 0) {
    const { interpolated = false, sources = [] } = node;
    return [{ key, value: toPlain(node), place: nearestNode(node), overrides, interpolated, sources }];
  }
  return below.flatMap(([name, child]) => {
    const path = node.kind === "list" ? `${key}[${name}]` : `${key}.${keyText(name)}`;
    return origins(child, path, overrides);
  });
}
