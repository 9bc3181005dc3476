import { mergeDeep } from "./merge.ts";
import { type ConfigNode, type MapNode, mapNode, setEntry } from "./node.ts";
import { parseYaml } from "./yaml.ts";

/**
 * Builds a mapping from names such as `a.b` or `a[b]` and values in YAML, as OmegaConf's `from_dotlist` does; later
 * ones take precedence.
 *
 * @param file Name for messages.
 * @throws {UserError} `config.yaml` for a value that is not YAML.
 */
export function fromDotList(
  items: readonly (readonly [name: string, value: string])[],
  file: string,
): MapNode {
  const root = mapNode({ file });
  for (const [name, value] of items) {
    const keys = splitKey(name);
    const place = { file };
    let parent = root;
    for (const key of keys.slice(0, -1)) {
      const below = parent.entries.get(key);
      const next = below?.kind === "map" ? below : mapNode(place);
      setEntry(parent, key, next);
      parent = next;
    }
    const node: ConfigNode = parseYaml(value, file) ?? { kind: "scalar", value: null, place };
    const last = keys.at(-1)!;
    const before = parent.entries.get(last);
    setEntry(parent, last, before?.kind === "map" && node.kind === "map" ? mergeDeep(before, node) : node);
  }
  return root;
}

function splitKey(name: string): string[] {
  const rest = [...`${name.startsWith("[") ? "" : "."}${name}`.matchAll(/\.([^.[]*)|\[([^\]]*)\]/g)];
  return rest.map(([, dotted, bracketed]) => dotted ?? bracketed!);
}
