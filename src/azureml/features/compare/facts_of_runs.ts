import { bindingOf } from "../../../core/binding.ts";
import { changesOf } from "./changes.ts";
import type { DescribedJob } from "./describe.ts";

/** Something that differs between runs, with the value of each. */
export interface ComparedFact {
  /** Keys of the steps in which it differs in the same way; empty for the job itself. */
  readonly steps: readonly string[];
  readonly aspect: string;
  readonly name: string | undefined;
  /** The value in each run; `undefined` in a run that does not have it. */
  readonly values: readonly (string | undefined)[];
}

/**
 * Compares runs with the first of them. Values that look like secrets are masked. Pure.
 *
 * @returns What differs between any two, equal differences of several steps once.
 */
export function comparedFacts(jobs: readonly DescribedJob[]): readonly ComparedFact[] {
  const [first, ...others] = jobs;
  const rows = new Map<
    string,
    { readonly of: Omit<ComparedFact, "values" | "steps">; values: (string | undefined)[] }
  >();
  const stepOf = new Map<string, string | undefined>();
  for (const [at, other] of others.entries()) {
    for (const { step, aspect, name, before, after } of changesOf(first!, other)) {
      if (aspect === "input" && (readsMissing(before, first!, other) || readsMissing(after, other, first!))) {
        continue;
      }
      const key = JSON.stringify([step, aspect, name]);
      const row = rows.get(key) ??
        {
          of: { aspect, name },
          values: jobs.map(({ steps }) => step === undefined || steps.has(step) ? before : undefined),
        };
      row.values[at + 1] = after;
      rows.set(key, row);
      stepOf.set(key, step);
    }
  }
  const groups = Map.groupBy(
    rows,
    ([key, { of, values }]) => JSON.stringify([of.aspect, of.name, values, stepOf.get(key) !== undefined]),
  );
  return [...groups.values()].map((group) => ({
    ...group[0]![1].of,
    steps: group.flatMap(([key]) => stepOf.get(key) ?? []),
    values: group[0]![1].values,
  })).sort((one, other) => rank(one) - rank(other));
}

/** Whether an input reads a step that the other run lacks, as a rerun does, which reads the same data from the old run. */
function readsMissing(value: string | undefined, run: DescribedJob, other: DescribedJob): boolean {
  const { step } = bindingOf(value);
  return step !== undefined && run.steps.has(step) && !other.steps.has(step);
}

/** What people change most often comes first. */
const ORDER = [
  "parameter",
  "logged parameter",
  "step",
  "code",
  "environment",
  "compute",
  "input",
  "variable",
  "setting",
];

function rank({ aspect }: ComparedFact): number {
  const at = ORDER.indexOf(aspect);
  return at === -1 ? ORDER.length : at;
}
