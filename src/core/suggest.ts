import { distance } from "fastest-levenshtein";

/** Longer texts are no misspelt names, and comparing them takes long. */
const LONGEST_NAME = 256;

/**
 * Returns the name most similar to what was typed; `undefined` if none is close.
 *
 * @param atMost Characters that may be wrong at most, however long the name is.
 */
export function nearest(typed: string, names: Iterable<string>, atMost = Infinity): string | undefined {
  if (typed.length > LONGEST_NAME) return undefined;
  const wanted = fold(typed);
  let best: { name: string; steps: number } | undefined;
  for (const name of names) {
    const other = fold(name);
    const steps = isSwapped(wanted, other) ? 1 : distance(wanted, other);
    if (steps < (best?.steps ?? Infinity)) best = { name, steps };
  }
  const most = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return best !== undefined && best.steps <= Math.min(most, atMost) ? best.name : undefined;
}

/** Whether two names of some length differ by one character, no digit, or by two neighbors that are swapped. */
export function isSlip(typed: string, name: string): boolean {
  const withoutDigits = (text: string) => text.replaceAll(/\d/g, "");
  if (typed.length < 4 || withoutDigits(typed) === withoutDigits(name)) return false;
  return distance(typed, name) === 1 || isSwapped(typed, name);
}

function isSwapped(typed: string, name: string): boolean {
  const at = [...typed].findIndex((letter, at) => letter !== name[at]);
  const swapped = typed.slice(0, at) + typed.charAt(at + 1) + typed.charAt(at) + typed.slice(at + 2);
  return at >= 0 && swapped === name;
}

/** Returns ` (did you mean "name"?)`, or `""` if no name is close. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  return suggestion(nearest(typed, names));
}

export function suggestion(name: string | undefined): string {
  return name === undefined ? "" : ` (did you mean "${name}"?)`;
}

/** Normalizes case and separators, so that `Pipeline-Name` matches `pipeline_name`. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-\s]/g, "_");
}

/** The words of a text, in lower case and singular, without single letters. */
export function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word.length > 1)
    .map((word) => word.replace(/ies$/, "y").replace(/s$/, ""));
}

/** Whether a text has all words of another, which has some. */
export function hasWords(text: string, wanted: string): boolean {
  const words = wordsIn(wanted);
  return words.length > 0 && words.every((word) => wordsIn(text).includes(word));
}
