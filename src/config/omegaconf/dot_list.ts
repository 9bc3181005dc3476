import { type ConfigNode, mapNode, mergeDeep, setEntry, toPlain } from "./node.ts";
import { parseYaml } from "./yaml.ts";

/** Where errors about typed values would be. */
const TYPED = { file: "--params" };

/**
 * Reads names and values in YAML as `kedro run` does: OmegaConf splits names such as `a.b` and `a[b]`, and later ones
 * take precedence.
 */
export function fromDotList(
  items: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, unknown>> {
  const root = mapNode(TYPED);
  for (const [name, value] of items) {
    const keys = splitKey(name);
    let parent = root;
    for (const key of keys.slice(0, -1)) {
      const below = parent.entries.get(key);
      const next = below?.kind === "map" ? below : mapNode(TYPED);
      setEntry(parent, key, next);
      parent = next;
    }
    const node: ConfigNode = parseYaml(value, TYPED.file) ?? { kind: "scalar", value: null, place: TYPED };
    const last = keys.at(-1)!;
    const before = parent.entries.get(last);
    setEntry(parent, last, before?.kind === "map" && node.kind === "map" ? mergeDeep(before, node) : node);
  }
  return toPlain(root, { keepFloats: true }) as Readonly<Record<string, unknown>>;
}

function splitKey(name: string): string[] {
  const rest = [...`${name.startsWith("[") ? "" : "."}${name}`.matchAll(/\.([^.[]*)|\[([^\]]*)\]/g)];
  return rest.map(([, dotted, bracketed]) => dotted ?? bracketed!);
}
