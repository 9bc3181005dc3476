import { UserError } from "../../core/errors.ts";
import { type ConfigNode, keyText } from "../omegaconf/node.ts";
import { parseYaml } from "../omegaconf/yaml.ts";

/** Replaces every text value. */
const MASK = "masked";

/**
 * Replaces every value of a credentials file and keeps its structure, so that code that looks up
 * `credentials["db"]["user"]` finds a value but no secret. Text (interpolations too) becomes `masked`, numbers become
 * 0 and booleans false.
 *
 * @returns JSON, which is also YAML; `undefined` if the file cannot be parsed, because then nothing of it may be
 *   shown.
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
