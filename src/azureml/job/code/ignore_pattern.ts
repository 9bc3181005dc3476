import { type CharTest, linearMatcher, type PatternBuilder } from "./linear_pattern.ts";

/** One line of an ignore file, parsed as azure-ai-ml does. */
export interface IgnorePattern {
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
  const includes = text.startsWith("!");
  const segments = toSegments(includes ? text.slice(1) : text);
  const names = segments.map((segment) => segment === "**" ? undefined : segmentMatcher(segment));
  const matches = isCheap(segments) ? regexMatcher(segments) : slowMatcher(segments);
  return {
    includes,
    matches,
    matchesAllBelow: (folder) => matches(`${folder}/`),
    mayMatchBelow: (folder) => mayMatchBelow(names, folder.split("/")),
    segments,
  };
}

/** Whether a regular expression takes linear time: at most one `*`, and `**` only at the ends. */
function isCheap(segments: readonly string[]): boolean {
  const stars = segments.filter((segment) => segment !== "**").join("").split("*").length - 1;
  return stars <= 1 && !segments.slice(1, -1).includes("**");
}

function regexMatcher(segments: readonly string[]): (path: string) => boolean {
  const regex = new RegExp(pathSource(segments), "u");
  return (path) => regex.test(path);
}

const anyChar: CharTest = (char) => char !== "\n";
const notSlash: CharTest = (char) => char !== "/";
const isSlash: CharTest = (char) => char === "/";

/** A linear-time equivalent of {@linkcode pathSource}, for patterns that are slow as regular expressions. */
function slowMatcher(segments: readonly string[]): (path: string) => boolean {
  const parts = segments.map((segment) => segment === "**" ? [] : segmentTokens(segment));
  return linearMatcher((pattern) => {
    const some = (test: CharTest) => {
      pattern.one(test);
      pattern.many(test);
    };
    const end = segments.length - 1;
    let needsSlash = false;
    for (const [at, segment] of segments.entries()) {
      if (segment !== "**") {
        if (needsSlash) pattern.one(isSlash);
        if (segment === "*") some(notSlash);
        else addTokens(pattern, parts[at]!);
        if (at === end) {
          pattern.optional(() => {
            pattern.one(isSlash);
            pattern.many(anyChar);
          });
        }
        needsSlash = true;
      } else if (at === 0) {
        if (end === 0) some(anyChar);
        else {
          pattern.optional(() => {
            some(anyChar);
            pattern.one(isSlash);
          });
        }
        needsSlash = false;
      } else {
        if (at === end) {
          pattern.one(isSlash);
          pattern.many(anyChar);
        } else {
          pattern.optional(() => {
            pattern.one(isSlash);
            some(anyChar);
          });
        }
        needsSlash = true;
      }
    }
  });
}

function segmentMatcher(segment: string): (name: string) => boolean {
  const tokens = segmentTokens(segment);
  return linearMatcher((pattern) => {
    if (segment !== "*") return addTokens(pattern, tokens);
    pattern.one(anyChar);
    pattern.many(anyChar);
  });
}

/** An element of a segment: a character test, or `*`. */
type Token = CharTest | "*";

function addTokens(pattern: PatternBuilder, tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (token === "*") pattern.many(notSlash);
    else pattern.one(token);
  }
}

/** Zero or more, and one or more, characters; as in Python, `.` does not match a line feed. */
const [ANY, SOME] = ["[^\\n]*", "[^\\n]+"];
/** The second segment of the pattern `**` and a slash, which matches everything except files in the root. */
const BELOW_ROOT = "";

/** Splits a pattern into segments; `**` stands for an open start or end. */
function toSegments(text: string): readonly string[] {
  const segments = text.split("/").filter((part, at, all) => part !== "**" || all[at - 1] !== "**");
  const isDouble = segments.length === 2 && segments[1] === "";
  if (isDouble && segments[0] === "**") return ["**", BELOW_ROOT];
  if (segments[0] === "") segments.shift();
  else if ((segments.length === 1 || isDouble) && segments[0] !== "**") segments.unshift("**");
  if (segments.length === 0) throw new SyntaxError("nothing follows the `!`");
  if (segments.length > 1 && segments.at(-1) === "") segments[segments.length - 1] = "**";
  return segments;
}

function pathSource(segments: readonly string[]): string {
  if (segments.length === 2 && segments[0] === "**" && segments[1] === BELOW_ROOT) return `^${SOME}/${ANY}$`;
  const end = segments.length - 1;
  let source = "^";
  let needsSlash = false;
  for (const [at, segment] of segments.entries()) {
    if (segment !== "**") {
      source += (needsSlash ? "/" : "") + (segment === "*" ? "[^/]+" : segmentSource(segment));
      if (at === end) source += `(?:/${ANY})?`;
      needsSlash = true;
    } else if (at === 0) {
      source += end === 0 ? SOME : `(?:${SOME}/)?`;
      needsSlash = false;
    } else {
      source += at === end ? `/${ANY}` : `(?:/${SOME})?`;
    }
  }
  return `${source}$`;
}

function segmentSource(segment: string): string {
  return segmentParts(segment).join("");
}

function segmentTokens(segment: string): Token[] {
  return segmentParts(segment).map((part): Token => {
    if (part === NOT_SLASHES) return "*";
    const regex = new RegExp(`^${part}$`, "u");
    return (char) => regex.test(char);
  });
}

/** A segment as a list of regular expressions, one for each character or `*`. */
function segmentParts(segment: string): string[] {
  const chars = Array.from(segment);
  const parts: string[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*") parts.push(NOT_SLASHES);
    else if (char === "?") parts.push("[^/]");
    else if (char === "[") {
      const end = bracketEnd(chars, at);
      parts.push(end === undefined ? "\\[" : bracketSource(chars.slice(at + 1, end)));
      at = end ?? at;
    } else if (char !== "\\") parts.push(literal(char));
    else if (++at < chars.length) parts.push(literal(chars[at]!));
    else throw new SyntaxError("nothing follows the last `\\`");
  }
  return parts;
}

const NOT_SLASHES = "[^/]*";

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
  segments: readonly (((name: string) => boolean) | undefined)[],
  folder: readonly string[],
): boolean {
  for (const [at, name] of folder.entries()) {
    const matches = segments[at];
    if (matches === undefined) return true;
    if (!matches(name)) return false;
  }
  return true;
}
