import type { Mutant } from "./mutant.ts";

/** Replacements of operators and constants, found in code without comments and strings. */
const REPLACED: readonly (readonly [pattern: RegExp, replace: (found: string) => string])[] = [
  [/ && /g, () => " || "],
  [/ \|\| /g, () => " && "],
  [/ === /g, () => " !== "],
  [/ !== /g, () => " === "],
  [/ <= /g, () => " < "],
  [/ >= /g, () => " > "],
  [/ < /g, () => " <= "],
  [/ > /g, () => " >= "],
  [/ \+ /g, () => " - "],
  [/(?<=[(\s])!(?=[\w(])/g, () => ""],
  [/\b(?:true|false)\b/g, (found) => found === "true" ? "false" : "true"],
  [/(?<![\w.$])\d[\d_]*(?![\w.])/g, (found) => String(Number(found.replaceAll("_", "")) + 1)],
];

/** A statement on a line of its own: a call, an assignment, or an early exit. */
const STATEMENT =
  /^[ ]{2,}(?:(?:await |void )?[\w.]+\([^\n]*\);|[\w.]+ (?:[+?]{0,2}=) [^\n]*;|if \([^\n]*\) (?:return|throw|continue|break)\b[^\n]*;)$/gm;

/** The condition of an `if` on one line. */
const CONDITION = /(?<=\bif \()[^\n]+(?=\) (?:\{|return|throw|continue|break|await|\w))/g;

/** Lines that only have meaning for the type checker. */
const TYPES =
  /^\s*(?:export )?(?:type|interface|import|readonly)\b|^\s*(?:\| |[\w?]+\??: (?:readonly )?[A-Za-z]+;)/;

/** Creates every mutant of a file: other operators, conditions and constants, and removed statements. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const code = withoutText(text);
  const found: Mutant[] = [];
  const add = (at: number, length: number, replace: string) => {
    const line = text.slice(text.lastIndexOf("\n", at) + 1, at + length).split("\n").at(-1)!;
    if (!TYPES.test(line)) found.push({ file, find: text.slice(at, at + length), replace, from: at });
  };
  for (const [pattern, replace] of REPLACED) {
    for (const { index, 0: match } of code.matchAll(pattern)) add(index, match.length, replace(match));
  }
  for (const { index, 0: match } of code.matchAll(CONDITION)) {
    for (const value of ["true", "false"]) add(index, match.length, value);
  }
  for (const { index, 0: match } of code.matchAll(STATEMENT)) add(index, match.length, "");
  return found;
}

/** Replaces comments, strings and regular expressions with underscores, and keeps every position. */
function withoutText(code: string): string {
  return code.replace(
    /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(,=:!&|?[]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g,
    (part) => part.replace(/[^\n]/g, "_"),
  );
}

/** Chooses some of a list by a seed: the same seed chooses the same ones. */
export function choose<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const rest = [...all];
  const chosen: T[] = [];
  let state = seed >>> 0;
  while (chosen.length < count && rest.length > 0) {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    chosen.push(...rest.splice(((mixed ^ (mixed >>> 14)) >>> 0) % rest.length, 1));
  }
  return chosen;
}
