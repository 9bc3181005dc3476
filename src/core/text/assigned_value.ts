/** A text in quotes or in three of them, with escapes and Python's prefix; without its end, the rest of all text. */
const QUOTED =
  /[A-Za-z]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|\\+"[^"]*"?|"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?)/y;
/** The part of a word before the next separator, quote or opening bracket. */
const WORD = /[^\s,;'"}([{]*/y;
/** Text without brackets, a quoted text on one line, or any other character. */
const PIECE = /[^"'()[\]{}\\]+|\\[^]|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|[^]/y;
/** Spaces, and the sign of a block of text in YAML. */
const BLOCK_SIGN = /[ \t]*(?:[|>][+-]?\d?[ \t]*)?/y;
const COMMENT = /#[^\n]{0,200}/y;
const BREAK = /\r?\n/y;
const LINE = /[^\n]*\n?/y;
/** The default value after a type, such as that of a parameter in Python. */
const DEFAULT = /(?:[ \t]*\|[ \t]*[\w.]+)*[ \t]*=[ \t]*/y;

const SPACE = /\s*/y;
/** The rest of a line of YAML up to a comment. */
const PLAIN = /\S+(?:[ \t]+[^#\s]\S*)*/y;

/**
 * Where the value of an assignment such as `name: value` begins and ends: a quoted text, a list or mapping with its
 * brackets, a call with its arguments, a word, the rest of a line of YAML, or the lines below a key. Brackets and
 * quotes that are not closed go to the end of the text. Pure.
 *
 * @param name Where the name begins.
 * @param at Where the text after `=` or `:` begins.
 * @returns `undefined` if no value follows.
 */
export function assignedValue(
  text: string,
  name: number,
  at: number,
): { readonly from: number; readonly to: number } | undefined {
  const last = endOf(COMMENT, text, endOf(BLOCK_SIGN, text, at));
  const below = endOf(BREAK, text, last);
  const block = below === last ? below : blockEnd(text, below, columnOf(text, name));
  if (block > below) return { from: below, to: block };
  const from = endOf(SPACE, text, at);
  const to = valueEnd(text, from);
  const isNextKey = below > last && text[to - 1] === ":";
  if (to === from || isNextKey) return undefined;
  if (isLineOfYaml(text, name, at, from)) return { from, to: Math.max(to, endOf(PLAIN, text, from)) };
  // An annotated name of Python has its type before its value.
  const value = endOf(DEFAULT, text, to);
  return { from, to: value === to || text[value] === "=" ? to : valueEnd(text, value) };
}

/** Whether a line is a key of YAML with a value without quotes and brackets, which may have spaces. */
function isLineOfYaml(text: string, name: number, at: number, from: number): boolean {
  if (text[at - 1] !== ":" || from === at || "\"'([{".includes(text[from]!)) return false;
  let before = name;
  while (before > 0 && " \t-\"'".includes(text[before - 1]!)) before--;
  return before === 0 || text[before - 1] === "\n";
}

function valueEnd(text: string, at: number): number {
  let end = endOf(QUOTED, text, at);
  if (end > at) {
    // A quote in a text of YAML or CSV is doubled.
    const quote = text[end - 1]!;
    while (text[end] === quote) end = endOf(QUOTED, text, end);
    return end;
  }
  do {
    end = endOf(WORD, text, end);
    if (!"([{".includes(text[end] ?? " ")) return end;
    end = closingEnd(text, end);
  } while (end < text.length);
  return end;
}

/** The end of the bracket that opens at `at`. */
function closingEnd(text: string, at: number): number {
  let depth = 0;
  do {
    const character = text[at]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    at = endOf(PIECE, text, at);
  } while (depth > 0 && at < text.length);
  return at;
}

/** The end of the lines that are further right than `column`, and of the items of a list there. */
function blockEnd(text: string, at: number, column: number): number {
  let end = at;
  while (at < text.length) {
    const next = endOf(LINE, text, at);
    const line = text.slice(at, next);
    const [inside, indent] = [line.trim(), line.length - line.trimStart().length];
    at = next;
    if (inside === "") continue;
    const isBelow = indent > column || indent === column && inside.startsWith("- ");
    if (!isBelow) break;
    end = at;
  }
  return end;
}

function columnOf(text: string, at: number): number {
  return at - text.lastIndexOf("\n", at) - 1;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}
