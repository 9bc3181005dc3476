/** A name and those above it, from the outermost: `a`, `a.b` and `a.b.c` of `a.b.c`. */
export function prefixesOf(name: string, separator = "."): readonly string[] {
  const parts = name.split(separator);
  return parts.map((_, at) => parts.slice(0, at + 1).join(separator));
}

/** Compares by Unicode code points, as Python does; JavaScript's `<` compares UTF-16 units. */
export function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = a.codePointAt(at)! - b.codePointAt(at)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * A piece of a pattern: a character that satisfies a condition, any number of such characters, or the boundary of a
 * folder, which is the start of the text or the place after a slash.
 */
export type GlobPiece =
  | { readonly one: (character: string) => boolean }
  | { readonly many: (character: string) => boolean }
  | "boundary";

const ANY = () => true;

export const ANYTHING: GlobPiece = { many: ANY };
export const ANY_ONE: GlobPiece = { one: ANY };

/** The pieces of a text that stands for itself. */
export function literal(text: string): readonly GlobPiece[] {
  return [...text].map((wanted) => ({ one: (character) => character === wanted }));
}

/**
 * Whether a pattern fits a whole text. The time is at most the product of their lengths, whatever the pattern, because
 * all ways to fit are followed at once; a regular expression tries one after the other.
 */
export function fitsPieces(pieces: readonly GlobPiece[], text: string): boolean {
  let states = new Set<number>();
  enter(states, 0, pieces, true);
  let isBoundary = true;
  for (const character of text) {
    isBoundary = character === "/";
    const next = new Set<number>();
    for (const at of states) {
      const piece = pieces[at];
      if (piece === undefined || piece === "boundary") continue;
      if ("many" in piece) {
        if (piece.many(character)) enter(next, at, pieces, isBoundary);
      } else if (piece.one(character)) enter(next, at + 1, pieces, isBoundary);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(pieces.length);
}

/** Adds a state, and those that follow it without another character. */
function enter(states: Set<number>, from: number, pieces: readonly GlobPiece[], isBoundary: boolean): void {
  for (let at = from; !states.has(at); at++) {
    states.add(at);
    const piece = pieces[at];
    const passes = piece === "boundary" ? isBoundary : piece !== undefined && "many" in piece;
    if (!passes) return;
  }
}

/** Whether a text fits a pattern in which `*` stands for any characters; case is ignored. */
export function fitsStars(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  return fitsPieces(
    parts.flatMap((part, at) => [...(at > 0 ? [ANYTHING] : []), ...literal(part)]),
    text.toLowerCase(),
  );
}
