import type { JobRecord } from "../world/world.ts";
import type { StepTimes, Timeline } from "../world/execution.ts";

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
