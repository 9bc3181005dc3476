import { InvalidArgumentError } from "commander";
import { JOB_NAME, JOB_NAME_RULE } from "../../core/azure_limits.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { UserError } from "../../core/errors.ts";
import { readDuration } from "../../core/format.ts";
import type { CallbackName } from "../../kedro/callback.ts";

export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Parses a comma-separated list; repeating the option adds to it. */
export function list(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(",").map((name) => name.trim()).filter((name) => name !== "")];
}

/**
 * Parses a list of node names. Commas in square brackets belong to a name, as in `f([a,b]) -> [c]`, the name that
 * Kedro before 1.0 generates for unnamed nodes; Kedro splits the same way (`split_node_names`).
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
  // With an unclosed bracket, the rest is one name.
  if (name !== "") names.push(name.slice(0, -1).trim());
  return [...before, ...names.filter((name) => name !== "")];
}

/** Parses `NAME=VALUE` and adds it to the previous ones; the value may contain equals signs. */
export function nameAndValue(entry: string, before: Readonly<Record<string, string>> = {}) {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(entry);
  if (match === null) {
    throw new InvalidArgumentError(
      "use NAME=VALUE; the name may have letters, digits and underscores, and must not start with a digit",
    );
  }
  return { ...before, [match[1]!]: match[2]! };
}

/** Parses comma-separated `dataset:version` pairs; versions may contain colons. */
export function versions(text: string, before: Readonly<Record<string, string>> = {}) {
  const pairs = text.split(",").map((entry) => {
    const match = /^\s*([^:]+):(.+?)\s*$/.exec(entry);
    if (match === null) throw new InvalidArgumentError(`"${entry}" is not DATASET:VERSION`);
    return [match[1]!, match[2]!];
  });
  return { ...before, ...Object.fromEntries(pairs) as Record<string, string> };
}

export function nameOfJob(text: string): string {
  if (JOB_NAME.test(text)) return text;
  throw new InvalidArgumentError(`use ${JOB_NAME_RULE}`);
}

export function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("use the 64 hexadecimal digits that `pack` printed");
}

/** Parses `JOB=NAME` and adds it to the previous ones. */
export function displayNameOfJob(entry: string, before: Readonly<Record<string, string>> = {}) {
  const [job, ...name] = entry.split("=");
  if (name.length === 0) throw new InvalidArgumentError("use JOB=NAME, such as main=Weekly");
  return { ...before, [job!]: name.join("=") };
}

/** Reads one more `NAME=PATH` or `NAME:VERSION=PATH` of a data asset. */
export function pathOfAsset(entry: string, before: Readonly<Record<string, string>> = {}) {
  const match = /^([^=:\s]+(?::[^=:\s]+)?)=(.+)$/s.exec(entry);
  if (match === null) throw new InvalidArgumentError("use NAME=PATH or NAME:VERSION=PATH");
  return { ...before, [match[1]!]: match[2]! };
}

/** Reads one more `SUBSCRIPTION/GROUP/NAME` of a workspace. */
export function workspaceName(
  entry: string,
  before: readonly WorkspaceConfig[] = [],
): readonly WorkspaceConfig[] {
  const [subscription_id, resource_group, name, ...rest] = entry.split("/");
  if (!subscription_id || !resource_group || !name || rest.length > 0) {
    throw new InvalidArgumentError("use SUBSCRIPTION/GROUP/NAME");
  }
  return [...before, { subscription_id, resource_group, name }];
}

export function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("use a whole number above 0");
}

/** The port to listen on; absent for a free one. @throws {UserError} with this code if it is no port. */
export function portRequest(typed: string | undefined, code: string): number | undefined {
  if (typed === undefined) return undefined;
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65_535) return Number(typed);
  throw new UserError(`Invalid port "${typed}": use a number from 0 to 65535`, {
    code,
    hint: "Choose another port with `--port`, or remove it for a free one",
  });
}

export function seconds(text: string): number {
  const ms = readDuration(text);
  if (ms !== undefined && ms > 0) return ms / 1000;
  throw new InvalidArgumentError("use a time such as 90s, 30m, 1h30m or 1d; a number alone is seconds");
}

export function milliseconds(text: string): number {
  return seconds(text) * 1000;
}

export function callbackName(text: string): CallbackName {
  const match = /^([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*):([\p{L}_][\p{L}\p{N}_]*)$/u.exec(
    text,
  );
  if (match === null) {
    throw new InvalidArgumentError("use MODULE:FUNCTION, such as my_project.notify:on_submit");
  }
  return { module: match[1]!, function: match[2]! };
}
