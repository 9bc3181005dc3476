import { resolve } from "node:path";
import type { Context } from "../core/context.ts";
import { type Place, UserError } from "../core/errors.ts";
import { describesSecret, isSecretName, NO_SECRET } from "../core/secrets.ts";
import { children, type ConfigNode, keyText } from "./omegaconf/node.ts";
import { parseYaml } from "./omegaconf/yaml.ts";

/** A text of a configuration file whose key suggests that it is a secret. */
interface ConfSecret {
  /** Its dotted path, such as `api.token`. */
  readonly key: string;
  readonly place: Place;
}

function secretsIn(node: ConfigNode, path: readonly string[] = [], isSecret = false): ConfSecret[] {
  if (node.kind === "scalar") {
    const { value, place } = node;
    const isText = typeof value === "string" && value.trim() !== "" && !value.includes("${");
    // The catalog names entries of the credentials by this key.
    return isSecret && isText && path.at(-1) !== "credentials" ? [{ key: path.join("."), place }] : [];
  }
  return [...children(node)].flatMap(([key, child]) => {
    const name = String(key);
    // The name of a dataset says nothing about the values in its entry.
    const isDataset = path.length === 0 && child.kind === "map" && child.entries.has("type");
    const isNamed = isSecret || typeof key === "string" && !isDataset && isSecretName(name);
    return secretsIn(child, [...path, name], isNamed && !describesSecret(name));
  });
}

/** Finds the secrets in files of configuration, but those on lines with {@linkcode NO_SECRET}. */
export async function secretsOf(
  { fs }: Pick<Context, "fs">,
  root: string,
  files: readonly ConfigNode[],
): Promise<readonly ConfSecret[]> {
  const secrets = files.flatMap((file) => secretsIn(file));
  const names = [...new Set(secrets.map(({ place }) => place.file))];
  const lines = new Map(
    await Promise.all(
      names.map(async (file) => [file, (await fs.readText(resolve(root, file))).split("\n")] as const),
    ),
  );
  return secrets.filter(({ place: { file, line = 1 } }) => !NO_SECRET.test(lines.get(file)![line - 1] ?? ""));
}

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
