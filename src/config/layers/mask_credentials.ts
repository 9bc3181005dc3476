import { UserError } from "../../core/errors.ts";
import { type ConfigNode, keyText } from "../omegaconf/node.ts";
import { parseYaml } from "../omegaconf/yaml.ts";

/** What stands in the place of a text. */
const MASK = "masked";

/**
 * Takes every value out of a file of credentials and leaves its structure: code that looks up `credentials["db"]["user"]`
 * finds something, and nothing secret. Texts, interpolations too, become `masked`, numbers 0 and booleans false.
 *
 * @returns JSON, which is YAML as well; `undefined` for what cannot be read, of which nothing may be shown.
 */
export function maskCredentials(text: string, file: string): string | undefined {
  try {
    const node = parseYaml(text, file);
    return JSON.stringify(node === undefined ? {} : masked(node));
  } catch (thrown) {
    if (thrown instanceof UserError || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function masked(node: ConfigNode): unknown {
  if (node.kind === "list") return node.items.map(masked);
  if (node.kind === "map") {
    return Object.fromEntries([...node.entries].map(([key, child]) => [keyText(key), masked(child)]));
  }
  switch (typeof node.value) {
    case "string":
      return MASK;
    case "boolean":
      return false;
    case "number":
    case "bigint":
      return 0;
    default:
      return null;
  }
}
