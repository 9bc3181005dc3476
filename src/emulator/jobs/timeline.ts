import type { StepTimes, Timeline } from "../world/execution.ts";
import type { Outcome, Pace } from "../world/options.ts";
import type { JobRecord } from "../world/world.ts";

/** A job to simulate. */
export interface TimelineInput {
  readonly submittedAt: number;
  /** The steps that each step depends on. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly pace: Pace;
  readonly outcome: Pick<Outcome, "afterFirstStep">;
  /** The steps that fail. */
  readonly failing: ReadonlySet<string>;
  /** The steps that reuse earlier results, which takes no time. */
  readonly reused: ReadonlySet<string>;
  /** Whether the first failure ends the job; otherwise, every step runs whose inputs are there. */
  readonly stopsAtFailure: boolean;
  readonly cancelAskedAt?: number | undefined;
}

/** Plans a simulated job: each step starts when the steps it depends on are done and a slot is free. */
export function planTimeline(plan: TimelineInput): Timeline {
  const { submittedAt, pace, outcome } = plan;
  const runningAt = submittedAt + pace.prepareMs;
  const steps = planSteps(plan, runningAt);
  const ends = steps.map((step) => step.endedAt);
  const failed = steps.filter((step) => step.end === "Failed").map((step) => step.endedAt);
  const fatal = plan.stopsAtFailure ? failed : [];
  const stop = Math.min(...fatal, outcome.afterFirstStep === "Canceled" ? Math.min(...ends) : Infinity);
  const completedAt = Math.max(runningAt, ...ends);
  const base = { submittedAt, preparedAt: submittedAt + pace.prepareMs / 2, runningAt };
  const canceledAt = plan.cancelAskedAt;
  if (canceledAt !== undefined && canceledAt < Math.min(stop, completedAt)) {
    const endedAt = canceledAt + pace.cancelMs;
    return { ...base, steps: cut(steps, endedAt), cancelAskedAt: canceledAt, endedAt, end: "Canceled" };
  }
  const uncanceled = { ...base, cancelAskedAt: undefined };
  if (outcome.afterFirstStep === "NotResponding") {
    return { ...uncanceled, steps, endedAt: Math.min(...ends), end: "NotResponding" };
  }
  if (stop === Infinity) {
    return { ...uncanceled, steps, endedAt: completedAt, end: failed.length > 0 ? "Failed" : "Completed" };
  }
  const end = Math.min(...fatal) === stop ? "Failed" : "Canceled";
  return { ...uncanceled, steps: cut(steps, stop), endedAt: stop, end };
}

function planSteps({ needs, pace, failing, reused }: TimelineInput, startAt: number): readonly StepTimes[] {
  const times = new Map<string, StepTimes>();
  const waiting = new Set(needs.keys());
  const free: number[] = Array.from({ length: Math.max(1, pace.parallelSteps) }, () => startAt);
  const queuedAt = (step: string) =>
    needs.get(step)!.every((need) => times.get(need)?.end === "Completed")
      ? Math.max(startAt, ...needs.get(step)!.map((need) => times.get(need)!.endedAt))
      : Infinity;
  while (waiting.size > 0) {
    const [step, queued] = [...waiting].map((step) => [step, queuedAt(step)] as const).sort((a, b) =>
      a[1] - b[1]
    )[0]!;
    if (queued === Infinity) break;
    waiting.delete(step);
    if (reused.has(step)) {
      times.set(step, { step, queuedAt: queued, startedAt: queued, endedAt: queued, end: "Completed" });
      continue;
    }
    const place = free.indexOf(Math.min(...free));
    // A quarter of its time, a step waits for its machine.
    const startedAt = Math.max(queued, free[place]!) + pace.stepMs / 4;
    const endedAt = startedAt + pace.stepMs * 3 / 4;
    free[place] = endedAt;
    const end = failing.has(step) ? "Failed" : "Completed";
    times.set(step, { step, queuedAt: queued, startedAt, endedAt, end });
  }
  return [...times.values()];
}

/** The steps of a job that stops at `at`: running and queued steps are canceled, later ones are dropped. */
function cut(steps: readonly StepTimes[], at: number): readonly StepTimes[] {
  return steps.filter((step) => step.queuedAt < at).map((step) =>
    step.endedAt <= at ? step : {
      ...step,
      startedAt: step.startedAt !== undefined && step.startedAt < at ? step.startedAt : undefined,
      endedAt: at,
      end: "Canceled",
    }
  );
}

/** The status of the job at a time. */
export function jobStatus(timeline: Timeline, now: number): string {
  if (now >= timeline.endedAt) return timeline.end;
  if (timeline.cancelAskedAt !== undefined && now >= timeline.cancelAskedAt) return "CancelRequested";
  if (now >= timeline.runningAt) return "Running";
  return now >= timeline.preparedAt ? "Preparing" : "NotStarted";
}

/** The status of a step at a time; `undefined` before it has a run. */
export function stepStatus(step: StepTimes, now: number, preparesMs = 0): string | undefined {
  const { queuedAt, startedAt = Infinity, endedAt, end } = step;
  if (now < queuedAt) return undefined;
  if (now >= endedAt) return end;
  if (now >= startedAt) return "Running";
  return now >= startedAt - preparesMs ? "Preparing" : "Queued";
}

/** The timeline of a job whose steps run on this machine; `endedAt` is `Infinity` while something is running. */
export function executedTimeline(
  { submittedAt, cancelAskedAt, execution, prepareMs }:
    & Required<Pick<JobRecord, "submittedAt" | "cancelAskedAt" | "execution">>
    & { readonly prepareMs: number },
): Timeline {
  const { endedAt = Infinity, end = "Completed" } = execution;
  const steps = Object.entries(execution.steps).map(([step, one]): StepTimes => ({
    step,
    queuedAt: one.queuedAt,
    startedAt: one.startedAt,
    endedAt: one.endedAt ?? Infinity,
    end: one.end ?? "Completed",
  }));
  const [preparedAt, runningAt] = [submittedAt + prepareMs / 2, submittedAt + prepareMs];
  return { submittedAt, preparedAt, runningAt, steps, cancelAskedAt, endedAt, end };
}
