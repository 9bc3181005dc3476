import { InvalidArgumentError } from "commander";
import { isJobName } from "../../azureml/jobs/name.ts";
import { parseJson } from "../../core/text/python_json.ts";
import type { CallbackName } from "../../kedro/callback.ts";

/** Adds one more value of an option that may be given several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Splits a list: names with commas between them, or the option given again. */
export function list(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(",").map((name) => name.trim()).filter((name) => name !== "")];
}

/**
 * Splits a list of node names. Commas in square brackets belong to a name, as in `f([a,b]) -> [c]`, which is what Kedro
 * before 1.0 calls a node without a name of its own; Kedro splits the same way (`split_node_names`).
 */
export function nodeNames(value: string, before: readonly string[] = []): readonly string[] {
  const names: string[] = [];
  let [name, depth] = ["", 0];
  for (const char of `${value},`) {
    if (char === "[") depth++;
    if (char === "]") depth--;
    if (char === "," && depth === 0) {
      names.push(name.trim());
      name = "";
    } else name += char;
  }
  // A bracket that is not closed: the rest is one name.
  if (name !== "") names.push(name.slice(0, -1).trim());
  return [...before, ...names.filter((one) => one !== "")];
}

/**
 * Reads `--params`: a JSON object, in single quotes too, as the plugin takes it. Empty text and `null` are none.
 *
 * @throws {InvalidArgumentError} when it is something else.
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const bare = text.replace(/^'+|'+$/g, "");
  if (bare.trim() === "") return {};
  let value: unknown;
  try {
    value = parseJson(bare);
  } catch (thrown) {
    throw new InvalidArgumentError(
      `it is not JSON (${(thrown as Error).message}); write it as {"name": value}`,
    );
  }
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InvalidArgumentError(`it is ${kindOf(value)}; write an object, such as {"name": value}`);
}

/** Reads one more `NAME=VALUE`; the value may hold further equals signs. */
export function nameAndValue(entry: string, before: Readonly<Record<string, string>> = {}) {
  const found = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(entry);
  if (found === null) {
    throw new InvalidArgumentError(
      "write NAME=VALUE, where the name has letters, digits and underscores, and no digit first",
    );
  }
  return { ...before, [found[1]!]: found[2]! };
}

/** Reads `dataset:version`, several with commas between them; the version may hold further colons. Empty text is none. */
export function versions(text: string, before: Readonly<Record<string, string>> = {}) {
  if (text.trim() === "") return before;
  const pairs = text.split(",").map((entry) => {
    const found = /^\s*([^:]+):(.+?)\s*$/.exec(entry);
    if (found === null) throw new InvalidArgumentError(`"${entry}" is not DATASET:VERSION`);
    return [found[1]!, found[2]!];
  });
  return { ...before, ...Object.fromEntries(pairs) as Record<string, string> };
}

/** Reads a name for a job in Azure ML. */
export function nameOfJob(text: string): string {
  if (isJobName(text)) return text;
  throw new InvalidArgumentError(
    'Azure ML takes letters, digits, "-" and "_", the first a letter or digit, at most 255',
  );
}

/** Reads a SHA-256 in hexadecimal digits. */
export function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("write the 64 hexadecimal digits that `pack` printed");
}

/** Reads `JOB=NAME`, once more. */
export function displayNameOfJob(entry: string, before: Readonly<Record<string, string>> = {}) {
  const [job, ...name] = entry.split("=");
  return { ...before, [job!]: name.join("=") };
}

/** Reads a whole number above 0. */
export function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("write a whole number above 0");
}

/** Reads a whole number of seconds above 0. */
export function seconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("write a whole number of seconds above 0");
}

/** Reads `module.path:function`. */
export function callbackName(text: string): CallbackName {
  const found = /^([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*):([\p{L}_][\p{L}\p{N}_]*)$/u.exec(
    text,
  );
  if (found === null) throw new InvalidArgumentError("write MODULE:FUNCTION, such as my_project.notify:tell");
  return { module: found[1]!, function: found[2]! };
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : `a ${typeof value === "object" ? "number" : typeof value}`;
}
