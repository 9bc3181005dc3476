import { onceEach } from "../../../core/async.ts";
import { fitsPieces, type GlobPiece } from "../../../core/text/wildcard.ts";

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
  if (text.length > MOST_CHARACTERS) {
    throw new SyntaxError(`it has ${text.length} characters; at most ${MOST_CHARACTERS} are read`);
  }
  const includes = text.startsWith("!");
  const segments = toSegments(includes ? text.slice(1) : text);
  // Of `/**/`, which matches no path in Python either.
  if (segments.length === 2 && segments.every((segment) => segment === "**")) return undefined;
  const names = segments.map((segment) => segment === "**" ? undefined : matcherOf(segmentPieces(segment)));
  const pieces = piecesOf(segments);
  const matches = isCheap(segments) ? regexMatcher(pieces) : matcherOf(pieces);
  // What a pattern names may be a folder: then everything below it matches, too.
  const ending = segments.at(-1) === "**" ? "" : "/";
  return {
    includes,
    matches: (path) => matches(path + ending),
    matchesAllBelow: (folder) => matches(`${folder}/${ending}`),
    mayMatchBelow: (folder) => mayMatchBelow(names, folder.split("/")),
    segments,
  };
}

/** The longest path on Linux; a longer pattern names no file, and matching it takes time. */
const MOST_CHARACTERS = 4096;

/** A piece of a pattern: one character or many of a class, as a regular expression, or the start of a name. */
type Piece = { readonly one: string } | { readonly many: string } | "boundary";

const SLASH: Piece = { one: "/" };
/** As in Python, `.` does not match a line feed. */
const ANYTHING: Piece = { many: "[^\\n]" };
const NOT_SLASH = "[^/]";

function piecesOf(segments: readonly string[]): Piece[] {
  const end = segments.length - 1;
  const pieces = segments.flatMap((segment, at): Piece[] => {
    if (segment === "**") return at === end ? [ANYTHING] : [ANYTHING, "boundary"];
    const name = segment === "*" ? [{ one: NOT_SLASH }, { many: NOT_SLASH }] : segmentPieces(segment);
    return at === end ? name : [...name, SLASH];
  });
  return segments[end] === "**" ? pieces : [...pieces, SLASH, ANYTHING];
}

/** Whether a regular expression takes linear time: at most one `*`, and `**` only at the ends. */
function isCheap(segments: readonly string[]): boolean {
  const names = segments.filter((segment) => segment !== "**").join("");
  return names.indexOf("*") === names.lastIndexOf("*") && !segments.slice(1, -1).includes("**");
}

function regexMatcher(pieces: readonly Piece[]): (path: string) => boolean {
  const sources = pieces.map((piece) =>
    piece === "boundary" ? "(?<=^|/)" : "one" in piece ? piece.one : `${piece.many}*`
  );
  const regex = new RegExp(`^${sources.join("")}$`, "u");
  return (path) => regex.test(path);
}

/** Takes linear time for every pattern, but more of it than a regular expression. */
function matcherOf(pieces: readonly Piece[]): (path: string) => boolean {
  const tests = pieces.map((piece): GlobPiece => {
    if (piece === "boundary") return piece;
    return "one" in piece ? { one: testOf(piece.one) } : { many: testOf(piece.many) };
  });
  return (path) => fitsPieces(tests, path);
}

/** Patterns share the tests of their characters: making one takes longer than matching a path. */
const testOf = onceEach((source: string): (character: string) => boolean => {
  const regex = new RegExp(`^${source}$`, "u");
  return (character) => regex.test(character);
});

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

/** The pieces of a segment, one for each character or `*`. */
function segmentPieces(segment: string): Piece[] {
  const chars = Array.from(segment);
  const pieces: Piece[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*") pieces.push({ many: NOT_SLASH });
    else if (char === "?") pieces.push({ one: NOT_SLASH });
    else if (char === "[") {
      const end = bracketEnd(chars, at);
      pieces.push({ one: end === undefined ? "\\[" : bracketSource(chars.slice(at + 1, end)) });
      at = end ?? at;
    } else if (char !== "\\") pieces.push({ one: literal(char) });
    else if (++at < chars.length) pieces.push({ one: literal(chars[at]!) });
    else throw new SyntaxError("nothing follows the last `\\`");
  }
  return pieces;
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
