/** Whether one character (a code point) matches. */
export type CharTest = (char: string) => boolean;

/** Builds a pattern from left to right. */
export interface PatternBuilder {
  /** Exactly one character. */
  one(test: CharTest): void;
  /** Zero or more characters. */
  many(test: CharTest): void;
  /** What `build` adds, zero or one times. */
  optional(build: () => void): void;
}

/** @internal A transition between states; without a test it consumes no character. */
interface Edge {
  readonly to: number;
  readonly test: CharTest | undefined;
}

/**
 * Creates a matcher of whole texts that takes time proportional to text and pattern: it simulates all alternatives at
 * once. A backtracking regular expression can take exponential time on patterns with many `*`.
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

/** These states, and all states reachable from them without consuming a character. */
function reach(states: readonly (readonly Edge[])[], from: readonly number[]): Set<number> {
  const reached = new Set(from);
  for (const state of reached) {
    for (const { to, test } of states[state]!) if (test === undefined) reached.add(to);
  }
  return reached;
}
