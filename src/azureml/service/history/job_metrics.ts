import { UserError } from "../../../core/errors.ts";
import { transferLimit } from "../client/limits.ts";
import type { Workspace } from "../client/workspace.ts";
import type { JobRuns } from "./job_runs.ts";
import { producerOf } from "./run_history.ts";
import { type MetricValue, openTracking, type TrackedRun, type Tracking } from "./tracked_runs.ts";
import { compareText } from "../../../core/text/names.ts";

/** A run of a job with what it logged, and its place in the job. */
export interface StepMetrics extends TrackedRun {
  /** The step, by its node; `undefined` for the job itself. */
  readonly step: string | undefined;
  /** Key of the step. */
  readonly key: string | undefined;
  /** Names of the runs that it is nested in below its step, and its own; empty for the run of a step. */
  readonly nested: readonly string[];
}

/** The part of a job that reading its metrics needs. */
export type TrackedJob =
  & Pick<JobRuns, "history">
  & {
    readonly name: string;
    readonly steps: readonly Pick<JobRuns["steps"][number], "key" | "label" | "run">[];
  };

/**
 * Reads what a job and its steps logged to MLflow, in the order of the steps; runs that logged nothing are left out.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function readJobMetrics(
  workspace: Workspace,
  { name, steps, history }: TrackedJob,
): Promise<readonly StepMetrics[]> {
  const experimentId = steps.find(({ run }) => run?.experimentId !== undefined)?.run?.experimentId ??
    (await history.run(name)).experimentId;
  if (experimentId === undefined) return [];
  const tracking = openTracking(workspace, history);
  const [found, reused] = await Promise.all([
    tracking.runsOf(name, experimentId),
    reusedRuns(tracking, steps),
  ]);
  const byId = new Map([...found, ...reused].map((run) => [run.id, run]));
  const places = new Map<string, Pick<StepMetrics, "step" | "key">>([[name, {
    step: undefined,
    key: undefined,
  }]]);
  for (const { key, label, run } of steps) {
    if (run !== undefined) places.set(producerOf(run), { step: label, key });
  }
  const order = [...places.keys()];
  return [...byId.values()].flatMap((run): StepMetrics[] => {
    const nested: string[] = [];
    let ancestor: TrackedRun | undefined = run;
    for (
      const seen = new Set<string>();
      ancestor !== undefined && !places.has(ancestor.id) && !seen.has(ancestor.id);
    ) {
      seen.add(ancestor.id);
      nested.unshift(ancestor.name);
      ancestor = ancestor.parent === undefined ? undefined : byId.get(ancestor.parent);
    }
    const place = ancestor && places.get(ancestor.id);
    return place === undefined || isEmpty(run) ? [] : [{ ...run, ...place, nested }];
  }).sort((one, other) => rank(one) - rank(other) || compareText(one.nested.join(), other.nested.join()));

  function rank({ key }: StepMetrics): number {
    return key === undefined ? order.length : steps.findIndex((step) => step.key === key);
  }
}

/** The runs whose results steps reuse, which belong to earlier jobs. */
async function reusedRuns(tracking: Tracking, steps: TrackedJob["steps"]): Promise<readonly TrackedRun[]> {
  const limit = transferLimit();
  const ids = steps.flatMap(({ run }) => run?.reusedFrom ?? []);
  const runs = await Promise.all(ids.map((id) => limit(() => tracking.run(id))));
  return runs.filter((run) => run !== undefined);
}

function isEmpty({ metrics, params, tags }: TrackedRun): boolean {
  return metrics.length === 0 && Object.keys(params).length === 0 && Object.keys(tags).length === 0;
}

/** A metric of a step: what `job show` and summaries print. */
export interface MainMetric {
  readonly step: string | undefined;
  readonly name: string;
  readonly value: number;
}

/** Metrics that MLflow logs by itself: of the machine, and of the training data. */
const AUTOMATIC = /^(?:system\/|training_)/;

/**
 * The metrics that say most about a job: those of its steps without nested runs, first those that the code logs itself.
 * Metrics of the machine are left out. Pure.
 */
export function mainMetrics(runs: readonly StepMetrics[]): readonly MainMetric[] {
  const all = runs.filter(({ nested }) => nested.length === 0).flatMap(({ step, metrics }) =>
    metrics.filter(({ name }) => !name.startsWith("system/")).map(({ name, value }) => ({
      step,
      name,
      value,
    }))
  );
  const [automatic, own] = [true, false].map((is) => all.filter(({ name }) => AUTOMATIC.test(name) === is));
  return [...own!, ...automatic!];
}

/** Like {@linkcode readJobMetrics}, for output in which metrics are not the subject: empty if they cannot be read. */
export async function readMainMetrics(
  workspace: Workspace,
  job: TrackedJob,
): Promise<readonly MainMetric[]> {
  try {
    return mainMetrics(await readJobMetrics(workspace, job));
  } catch (thrown) {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    return [];
  }
}

/** All values of a metric, summarized. */
export interface MetricRange {
  readonly count: number;
  /** `undefined` if all values are `NaN`. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly values: readonly MetricValue[];
}

/** Summarizes the values of a metric. Pure. */
export function rangeOf(values: readonly MetricValue[]): MetricRange {
  const numbers = values.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const least = (one: number, other: number) => Math.min(one, other);
  const most = (one: number, other: number) => Math.max(one, other);
  return {
    count: values.length,
    min: numbers.length === 0 ? undefined : numbers.reduce(least),
    max: numbers.length === 0 ? undefined : numbers.reduce(most),
    values,
  };
}
