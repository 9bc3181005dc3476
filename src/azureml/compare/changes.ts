import { isSecretName, redact } from "../../core/text/redact.ts";
import type { Aspect, DescribedJob, Fact } from "./describe.ts";

/** One thing that differs between two jobs. */
export interface Change {
  /** The step's key; absent where it is the job itself. */
  readonly step?: string;
  /** `step` where a whole step came or went. */
  readonly aspect: Aspect | "step";
  /** Which input, variable or setting. */
  readonly name?: string;
  /** Absent where there was none. */
  readonly before?: string;
  /** Absent where there is none any more. */
  readonly after?: string;
}

/** What does not make it another job. Two jobs of azureml.yml may differ by their display names alone, so these count. */
const COSMETIC: readonly Change["aspect"][] = ["description"];

/**
 * Compares two jobs: first the jobs themselves, then step by step in the order of the later one. Values that look like
 * secrets are masked. Pure.
 */
export function changesOf(before: DescribedJob, after: DescribedJob): Change[] {
  const gone = [...before.steps.keys()].filter((step) => !after.steps.has(step));
  return [
    ...factChanges(before.facts, after.facts),
    ...gone.map((step): Change => ({ step, aspect: "step", before: step })),
    ...[...after.steps].flatMap(([step, facts]): Change[] => {
      const were = before.steps.get(step);
      if (were === undefined) return [{ step, aspect: "step", after: step }];
      return factChanges(were, facts).map((change) => ({ step, ...change }));
    }),
  ];
}

/** Whether a change makes it a different job. */
export function isMaterialChange({ aspect }: Change): boolean {
  return !COSMETIC.includes(aspect);
}

function factChanges(before: readonly Fact[], after: readonly Fact[]): Change[] {
  const keyOf = ({ aspect, name }: Fact) => `${aspect} ${name}`;
  const [old, now] = [before, after].map((facts) => new Map(facts.map((fact) => [keyOf(fact), fact])));
  return [...new Set([...old!.keys(), ...now!.keys()])].flatMap((key): Change[] => {
    const [was, is] = [old!.get(key), now!.get(key)];
    if (was?.value === is?.value) return [];
    const { aspect, name } = (was ?? is)!;
    return [{
      aspect,
      ...(name === "" ? {} : { name }),
      ...(was === undefined ? {} : { before: shown(was) }),
      ...(is === undefined ? {} : { after: shown(is) }),
    }];
  });
}

function shown({ aspect, name, value }: Fact): string {
  const isSecret = ["variable", "parameter"].includes(aspect) && isSecretName(name);
  return isSecret ? "***" : redact(value);
}

const LONGEST_VALUE = 60;

/** One change on one line: what it is about, what was there, and what is there now. */
export function changeText({ step, aspect, name, before, after }: Change): string {
  const where = step === undefined ? "" : `step ${step}`;
  if (aspect === "step") return `${where}: ${before === undefined ? "added" : "removed"}`;
  const what = [aspect, name].filter((part) => part !== undefined).join(" ");
  const sentence = before === undefined
    ? `${what} added: ${short(after!)}`
    : after === undefined
    ? `${what} removed: ${short(before)}`
    : `${what}: ${short(before, after)} → ${short(after, before)}`;
  return where === "" ? sentence : `${where}: ${sentence}`;
}

/** A long value from a little before where it differs from the other. */
function short(value: string, other = ""): string {
  if (value.length <= LONGEST_VALUE) return value;
  let same = 0;
  while (same < value.length && value[same] === other[same]) same++;
  const start = Math.max(0, Math.min(same - 20, value.length - LONGEST_VALUE));
  const end = start + LONGEST_VALUE;
  return `${start > 0 ? "…" : ""}${value.slice(start, end)}${end < value.length ? "…" : ""}`;
}
