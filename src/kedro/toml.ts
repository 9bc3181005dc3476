import { parse, TomlError } from "smol-toml";
import { conflictIn } from "../core/document.ts";
import { UserError } from "../core/errors.ts";
import type { Fields } from "../core/json.ts";

/** Longer lines hold a value, not only the name of a key. */
const MOST_CHARACTERS = 4096;

/**
 * The line number (from 1) of a key in valid TOML text: the line of its value, else the line of its table; `undefined`
 * if the key is written in an unsupported way.
 */
export function lineOfKey(text: string, path: readonly string[]): number | undefined {
  let table: readonly string[] = [];
  let ofTable: number | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.length > MOST_CHARACTERS) continue;
    const header = /^\s*\[+([^\[\]].*?)\]+\s*(#.*)?$/.exec(line)?.[1];
    const key = /^\s*([^#=\[\s][^=]*?)\s*=/.exec(line)?.[1];
    if (header !== undefined) {
      table = keysOf(`[${header}]`) ?? table;
      if (!isAtOrBelow(table, path)) continue;
      if (table.length === path.length) return at + 1;
      ofTable ??= at + 1;
    } else if (key !== undefined) {
      const fullPath = [...table, ...keysOf(`${key} = 0`) ?? []];
      // The rest of the path may be in an inline table.
      const isAbove = fullPath.length > table.length && isAtOrBelow(path, fullPath);
      if (isAbove || isAtOrBelow(fullPath, path)) return ofTable ?? at + 1;
    }
  }
  return ofTable;
}

/** Whether a key is at `path` or below it. */
function isAtOrBelow(found: readonly string[], path: readonly string[]): boolean {
  return path.every((key, at) => found[at] === key);
}

/** The names in a header or a dotted key; `undefined` for other lines, such as part of a multi-line string. */
function keysOf(line: string): readonly string[] | undefined {
  try {
    const keys: string[] = [];
    let level: unknown = parseToml(line, "");
    while (typeof level === "object" && level !== null && Object.keys(level).length > 0) {
      const [key] = Object.keys(level);
      keys.push(key!);
      level = (level as Fields)[key!];
    }
    return keys;
  } catch {
    return undefined;
  }
}

/** Parses TOML. @param file Named in errors. @throws {UserError} `project.toml_syntax`, with the place. */
export function parseToml(text: string, file: string): Fields {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const conflict = conflictIn(text, file);
    const reason = thrown.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw new UserError(conflict?.message ?? `Cannot read ${file}: ${reason}`, {
      // project.toml_syntax: pyproject.toml is not valid TOML. Correct the line that the message names.
      code: "project.toml_syntax",
      place: { file, line: thrown.line, column: thrown.column },
      ...conflict,
      cause: thrown,
    });
  }
}
