import { maskedPair, maskedText } from "../../../core/text/mask.ts";
import type { Aspect, DescribedJob, Fact } from "./describe.ts";

/** A difference between two jobs. */
export interface Change {
  /** Key of the step; absent for the job itself. */
  readonly step?: string;
  /** `step` if a whole step was added or removed. */
  readonly aspect: Aspect | "step";
  /** Name of the input, variable or setting. */
  readonly name?: string;
  /** Absent if it was added. */
  readonly before?: string;
  /** Absent if it was removed. */
  readonly after?: string;
}

/** Aspects that do not make it a different job. Display names do: jobs of azureml.yml may differ in nothing else. */
const COSMETIC: readonly Change["aspect"][] = ["description"];

/** Compares two jobs: first the jobs themselves, then each step of the later one. Secrets are masked. */
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
    if (was?.value === is?.value || isSameEnvironment(was, is)) return [];
    const { aspect, name } = (was ?? is)!;
    return [{
      aspect,
      ...(name === "" ? {} : { name }),
      ...(was === undefined ? {} : { before: shown(was) }),
      ...(is === undefined ? {} : { after: shown(is) }),
    }];
  });
}

/**
 * Whether one is the version of an environment that the other names by a label, or a curated one without either. Azure
 * ML pins the labels of registries: https://github.com/ansible-collections/azure, `azure_rm_ml_component_info`.
 */
function isSameEnvironment(was: Fact | undefined, is: Fact | undefined): boolean {
  if (was?.aspect !== "environment" || is?.aspect !== "environment") return false;
  const pins = (pinned: string, other: string) =>
    VERSION.test(pinned) && pinned.replace(VERSION, "") === other.replace(LABEL, "") &&
    (LABEL.test(other) || other.startsWith("AzureML-"));
  return pins(was.value, is.value) || pins(is.value, was.value);
}

const VERSION = /(?::|\/versions\/)[^/:@]+$/;
const LABEL = /(?:@|\/labels\/)[^/:@]+$/;

function shown({ aspect, name, value }: Fact): string {
  const isNamed = ["variable", "parameter", "logged parameter"].includes(aspect);
  return isNamed ? maskedPair(name, value)[1] : maskedText(value);
}

const LONGEST_VALUE = 60;

/** Formats a change as one line: what changed, the old and the new value. */
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

/** Shortens a long value to the part around its first difference from `other`. */
function short(value: string, other = ""): string {
  let same = 0;
  while (same < value.length && value[same] === other[same]) same++;
  const start = Math.max(0, Math.min(same - 20, value.length - LONGEST_VALUE));
  const end = start + LONGEST_VALUE;
  return `${start > 0 ? "…" : ""}${value.slice(start, end)}${end < value.length ? "…" : ""}`;
}
