import { join } from "node:path";
import type { FileSystem } from "../../../core/context.ts";
import { type Place, UserError, type Warning } from "../../../core/errors.ts";
import { requireSmall } from "../../../core/files.ts";
import { unreadableCode } from "./file.ts";

/** The ignore files, in order of precedence; neither is uploaded. */
export const IGNORE_FILES = [".amlignore", ".gitignore"] as const;

/** Says in a sentence how to add a line to the ignore file in effect, such as `!conf/local/globals.yml`. */
export function addTo(file: string | undefined, line: string): string {
  return file === ".gitignore" && line.startsWith("!")
    ? `Copy .gitignore to .amlignore, which then replaces it for uploads, and add \`${line}\` there`
    : `Add \`${line}\` to ${file ?? ".amlignore"}`;
}

export interface IgnoreLine {
  readonly pattern: string;
  readonly place: Place;
}

/** The rules of an ignore file, for paths relative to its folder with forward slashes. */
export interface IgnoreRules {
  /** `.amlignore` or `.gitignore`; `undefined` if there is neither. */
  readonly file: string | undefined;
  /** Warnings about lines that most likely do not mean what the author intended. */
  readonly warnings: readonly Warning[];
  /** The line that excludes a file; `undefined` if none does. */
  excludedBy(path: string): IgnoreLine | undefined;
  /** The line that excludes every file below a folder, so that the folder need not be read. */
  allBelowExcludedBy(folder: string): IgnoreLine | undefined;
  /** Whether a `!` line that includes this file has a segment for which `isName` is true. */
  includesFile(path: string, isName: (part: string) => boolean): boolean;
  /** Like {@linkcode includesFile} for anything below a folder; true if in doubt. */
  takesInBelow(folder: string, isName: (part: string) => boolean): boolean;
}

/**
 * Reads the ignore file of a code folder as azure-ai-ml does: `.amlignore` if it exists, else `.gitignore`. The two are
 * never merged, and ignore files in subfolders have no effect.
 *
 * @param only Reads this one only.
 * @throws {UserError} `code.ignore_pattern` with the invalid line, `code.unreadable`.
 */
export async function readIgnoreFile(
  fs: Pick<FileSystem, "readText" | "stat">,
  folder: string,
  only?: typeof IGNORE_FILES[number],
): Promise<IgnoreRules> {
  for (const file of only === undefined ? IGNORE_FILES : [only]) {
    const text = await readIgnoreText(fs, folder, file);
    if (text !== undefined) return parseIgnoreFile(text, file);
  }
  return parseIgnoreFile("", undefined);
}

/**
 * The text of an ignore file; `undefined` if there is none, or it is no regular file.
 *
 * @throws {UserError} `code.unreadable`, `file.too_large`.
 */
export async function readIgnoreText(
  fs: Pick<FileSystem, "readText" | "stat">,
  folder: string,
  file: typeof IGNORE_FILES[number],
): Promise<string | undefined> {
  const path = join(folder, file);
  if ((await fs.stat(path))?.kind !== "file") return undefined;
  await requireSmall({ fs }, path, file);
  try {
    return await fs.readText(path);
  } catch (thrown) {
    throw unreadableCode(file, thrown);
  }
}

/** Each file is matched with each pattern. */
const MOST_PATTERNS = 10_000;

function tooManyPatterns(count: number, file: string | undefined): UserError {
  return new UserError(`${file} has ${count} patterns; at most ${MOST_PATTERNS} are read`, {
    // file.too_large: A configuration file has more than 2 MiB, which are not parsed. Split it, or move data
    //   out of it.
    code: "file.too_large",
    hint: `Replace lines of ${file} with a pattern that fits all of them, such as \`data/**\``,
    ...(file !== undefined && { place: { file } }),
  });
}

/**
 * Parses the text of an ignore file into rules; the last rule that matches a file wins.
 *
 * @throws {UserError} `code.ignore_pattern` with the line that is no pattern, `file.too_large`.
 */
export function parseIgnoreFile(text: string, file: string | undefined): IgnoreRules {
  const lines = text.split(/\r\n|\r|\n/);
  const patterns = lines.flatMap((line, at) => readLine(line, at + 1, file) ?? []);
  if (patterns.length > MOST_PATTERNS) throw tooManyPatterns(patterns.length, file);
  return {
    file,
    warnings: patterns.flatMap(({ line }) => backslashWarning(line) ?? []),
    excludedBy(path) {
      const last = patterns.findLast((pattern) => pattern.matches(path));
      return last === undefined || last.includes ? undefined : last.line;
    },
    allBelowExcludedBy(folder) {
      const last = patterns.findLastIndex((pattern) => !pattern.includes && pattern.matchesAllBelow(folder));
      if (last === -1) return undefined;
      const isOpen = patterns.slice(last).some((pattern) =>
        pattern.includes && pattern.mayMatchBelow(folder)
      );
      return isOpen ? undefined : patterns[last]!.line;
    },
    includesFile: (path, isName) =>
      patterns.some((pattern) => pattern.includes && pattern.segments.some(isName) && pattern.matches(path)),
    takesInBelow: (folder, isName) =>
      patterns.some((pattern) =>
        pattern.includes && pattern.segments.some(isName) && pattern.mayMatchBelow(folder)
      ),
  };
}

/** Warns about Windows paths: azure-ai-ml treats `\` as an escape character on every system. */
function backslashWarning({ pattern, place }: IgnoreLine): Warning | undefined {
  if (!/\\[\p{L}\p{N}_.]/u.test(pattern)) return undefined;
  return {
    // code.backslash_pattern: A line of the ignore file has a backslash, which is no separator. Write a
    //   slash.
    code: "code.backslash_pattern",
    message: `"${pattern}" does not match a folder: "\\" only escapes the next character`,
    hint: `Use \`${pattern.replaceAll("\\", "/")}\``,
    place,
  };
}

function readLine(line: string, number: number, file: string | undefined):
  | IgnorePattern & {
    readonly line: IgnoreLine;
  }
  | undefined {
  try {
    const pattern = parseIgnorePattern(line);
    const place = { file: file ?? "", line: number };
    return pattern && { ...pattern, line: { pattern: line.trim(), place } };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const reason = /^Invalid reg/.test(thrown.message) ? "a range in `[ ]` is out of order" : thrown.message;
    throw new UserError(`"${line.trim()}" is not a valid pattern: ${reason}`, {
      // code.ignore_pattern: A line of the ignore file is not a pattern. Correct it.
      code: "code.ignore_pattern",
      hint: `Change or remove line ${number} of ${file}`,
      ...(file === undefined ? {} : { place: { file, line: number } }),
      cause: thrown,
    });
  }
}

/** One line of an ignore file, parsed as azure-ai-ml does. */
interface IgnorePattern {
  /** Whether the line starts with `!` and so includes files again. */
  readonly includes: boolean;
  /** Whether a file's path matches; the path is relative to the code folder and has forward slashes. */
  matches(path: string): boolean;
  /** Whether everything below a folder matches, so that it need not be read. */
  matchesAllBelow(folder: string): boolean;
  /** Whether anything below a folder could match; true if in doubt. */
  mayMatchBelow(folder: string): boolean;
  /** The segments between slashes, with `**` for an open start or end. */
  readonly segments: readonly string[];
}

/**
 * Parses one line of an ignore file.
 *
 * azure-ai-ml uses git's pattern syntax but not git's rule for folders: each file is matched on its own, and the last
 * pattern that matches its whole path wins, so `!` can include files below an excluded folder. Neither `ignore` nor
 * `picomatch` supports that, hence this small matcher.
 *
 * @returns `undefined` for comments and lines that match nothing.
 * @throws {SyntaxError} if the line is not a valid pattern.
 */
export function parseIgnorePattern(line: string): IgnorePattern | undefined {
  const text = line.trim();
  if (text === "" || text === "/" || text.startsWith("#")) return undefined;
  if (text.length > MOST_CHARACTERS) {
    throw new SyntaxError(`it has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  }
  const includes = text.startsWith("!");
  const segments = toSegments(includes ? text.slice(1) : text);
  // Of `/**/`, which matches no path in Python either.
  if (segments.length === 2 && segments.every((segment) => segment === "**")) return undefined;
  const names = segments.map((segment) =>
    segment === "**" ? undefined : new RegExp(`^${nameSource(segment)}$`, "u")
  );
  const regex = new RegExp(pathSource(segments), "u");
  // What a pattern names may be a folder: then everything below it matches, too.
  const ending = segments.at(-1) === "**" ? "" : "/";
  return {
    includes,
    matches: (path) => regex.test(path + ending),
    matchesAllBelow: (folder) => regex.test(`${folder}/${ending}`),
    mayMatchBelow: (folder) => mayMatchBelow(names, folder.split("/")),
    segments,
  };
}

/** The longest path on Linux; a longer pattern names no file, and matching it takes time. */
const MOST_CHARACTERS = 4096;

const NOT_SLASH = "[^/]";

/**
 * A regular expression for paths that takes linear time: what stands between two `*`, and the names between two `**`,
 * are taken where they come first, because a star after them takes the rest. (Only where a class such as `[!a]` between
 * two `*` would have to be a slash, azure-ai-ml finds more.)
 */
function pathSource(segments: readonly string[]): string {
  const runs = [""];
  for (const [at, segment] of segments.entries()) {
    if (segment !== "**") {
      runs.push(`${runs.pop()}${segment === "*" ? `${NOT_SLASH}+` : nameSource(segment, at)}/`);
    } else if (at < segments.length - 1) runs.push("");
  }
  const [first, ...others] = runs.map((run, at) => at === 0 ? run : taken(`[^]*?(?<=^|/)${run}`, `run${at}`));
  return `^${first}${others.join("")}`;
}

/** Matches the same as a source, once: if what follows does not match, it is not tried in another way. */
function taken(source: string, group: string): string {
  return `(?=(?<${group}>${source}))\\k<${group}>`;
}

/** @param at Its place in the pattern. */
function nameSource(segment: string, at = 0): string {
  const [first, ...others] = partsOf(segment);
  const last = others.pop();
  const inner = others.map((part, index) => taken(`${NOT_SLASH}*?${part}`, `part${at}_${index}`));
  return first + inner.join("") + (last === undefined ? "" : `${NOT_SLASH}*${last}`);
}

/** Splits a pattern into segments; `**` stands for an open start or end. */
function toSegments(text: string): readonly string[] {
  const segments = text.split("/").filter((part, at, all) => part !== "**" || all[at - 1] !== "**");
  const isDouble = segments.length === 2 && segments[1] === "";
  // Everything except files in the root.
  if (isDouble && segments[0] === "**") return ["*", "**"];
  if (segments[0] === "") segments.shift();
  else if ((segments.length === 1 || isDouble) && segments[0] !== "**") segments.unshift("**");
  if (segments.length === 0) throw new SyntaxError("nothing follows the `!`");
  if (segments.length > 1 && segments.at(-1) === "") segments[segments.length - 1] = "**";
  return segments;
}

/** What stands before, between and after the `*` of a segment, as regular expressions. */
function partsOf(segment: string): string[] {
  const chars = Array.from(segment);
  const parts = [""];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*") {
      parts.push("");
      continue;
    }
    let one = literal(char);
    if (char === "?") one = NOT_SLASH;
    else if (char === "[") {
      const end = bracketEnd(chars, at);
      if (end !== undefined) one = bracketSource(chars.slice(at + 1, end));
      at = end ?? at;
    } else if (char === "\\") {
      if (++at === chars.length) throw new SyntaxError("nothing follows the last `\\`");
      one = literal(chars[at]!);
    }
    parts[parts.length - 1] += one;
  }
  return parts;
}

/** Index of the `]` that closes a character set; one directly after the start is part of the set. */
function bracketEnd(chars: readonly string[], start: number): number | undefined {
  let from = start + 1;
  if (chars[from] === "!") from++;
  if (chars[from] === "]") from++;
  const end = chars.indexOf("]", from);
  return end === -1 ? undefined : end;
}

function bracketSource(chars: readonly string[]): string {
  const isNegated = chars[0] === "!";
  const set = chars.slice(isNegated ? 1 : 0).map((char) => char === "-" ? char : literal(char)).join("");
  return `[${isNegated ? "^" : ""}${set}]`;
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function mayMatchBelow(
  names: readonly (RegExp | undefined)[],
  folder: readonly string[],
): boolean {
  for (const [at, name] of folder.entries()) {
    const matches = names[at];
    if (matches === undefined) return true;
    if (!matches.test(name)) return false;
  }
  return true;
}
