/** Whether one character, a code point, fits. */
export type CharTest = (char: string) => boolean;

/** Builds a pattern piece by piece, from the left. */
export interface PatternBuilder {
  /** Exactly one character. */
  one(test: CharTest): void;
  /** Any number of characters, also none. */
  many(test: CharTest): void;
  /** What `build` adds, or nothing. */
  optional(build: () => void): void;
}

/** @internal A step from one state to another; without a test it takes no character. */
interface Edge {
  readonly to: number;
  readonly test: CharTest | undefined;
}

/**
 * Makes a matcher of whole texts that takes time in proportion to the text and the pattern, whatever they hold: it follows
 * all ways at once. A regular expression tries them one after the other, which a pattern with many `*` makes endless.
 */
export function linearMatcher(build: (pattern: PatternBuilder) => void): (text: string) => boolean {
  const states: Edge[][] = [[]];
  const add = (from: number, to: number, test?: CharTest) => void states[from]!.push({ to, test });
  const next = () => states.push([]) - 1;
  build({
    one(test) {
      const from = states.length - 1;
      add(from, next(), test);
    },
    many(test) {
      const from = states.length - 1;
      add(from, from, test);
      add(from, next());
    },
    optional(inner) {
      const from = states.length - 1;
      const start = next();
      add(from, start);
      inner();
      const end = states.length - 1;
      const after = next();
      add(end, after);
      add(from, after);
    },
  });
  const last = states.length - 1;
  return (text) => {
    let here = reach(states, [0]);
    for (const char of text) {
      const targets: number[] = [];
      for (const state of here) {
        for (const { to, test } of states[state]!) if (test?.(char)) targets.push(to);
      }
      if (targets.length === 0) return false;
      here = reach(states, targets);
    }
    return here.has(last);
  };
}

/** These states, and all that can be had from them without a character. */
function reach(states: readonly (readonly Edge[])[], from: readonly number[]): Set<number> {
  const found = new Set(from);
  for (const state of found) {
    for (const { to, test } of states[state]!) if (test === undefined) found.add(to);
  }
  return found;
}
