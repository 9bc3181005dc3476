import { requireSmall } from "../../../core/size_limit.ts";
import { join } from "node:path";
import type { FileSystem } from "../../../core/context.ts";
import { type Place, UserError, type Warning } from "../../../core/errors.ts";
import { unreadableCode } from "./file.ts";
import { type IgnorePattern, parseIgnorePattern } from "./ignore_pattern.ts";

/** The ignore files, in order of precedence; neither is uploaded. */
export const IGNORE_FILES = [".amlignore", ".gitignore"] as const;

/** Says in a sentence how to add a line to the ignore file in effect, such as `!conf/local/globals.yml`. */
export function addTo(file: string | undefined, line: string): string {
  return file === ".gitignore" && line.startsWith("!")
    ? `Copy .gitignore to .amlignore, which then replaces it for uploads, and add \`${line}\` there`
    : `Add \`${line}\` to ${file ?? ".amlignore"}`;
}

/** A line of an ignore file that excludes something. */
export interface IgnoreLine {
  /** As written. */
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
    code: "code.backslash_pattern",
    message: `"${pattern}" does not match a folder: "\\" only escapes the next character`,
    hint: `Use \`${pattern.replaceAll("\\", "/")}\``,
    place,
  };
}

/** @internal A pattern and its line. */
interface Rule extends IgnorePattern {
  readonly line: IgnoreLine;
}

function readLine(line: string, number: number, file: string | undefined): Rule | undefined {
  try {
    const pattern = parseIgnorePattern(line);
    const place = { file: file ?? "", line: number };
    return pattern && { ...pattern, line: { pattern: line.trim(), place } };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const reason = /^Invalid reg/.test(thrown.message) ? "a range in `[ ]` is out of order" : thrown.message;
    throw new UserError(`"${line.trim()}" is not a valid pattern: ${reason}`, {
      code: "code.ignore_pattern",
      hint: `Change or remove line ${number} of ${file}`,
      ...(file === undefined ? {} : { place: { file, line: number } }),
      cause: thrown,
    });
  }
}
