import type { JobRecord } from "../world/world.ts";
import type { StepTimes, Timeline } from "./timeline.ts";

/** The timeline of a job whose steps really run; what has not ended yet ends at `Infinity`. */
export function executedTimeline(
  { submittedAt, cancelAskedAt, execution }: Required<
    Pick<JobRecord, "submittedAt" | "cancelAskedAt" | "execution">
  >,
): Timeline {
  const { endedAt = Infinity, end = "Completed" } = execution;
  const steps = Object.entries(execution.steps).map(([step, one]): StepTimes => ({
    step,
    queuedAt: one.queuedAt,
    startedAt: one.startedAt,
    endedAt: one.endedAt ?? Infinity,
    end: one.end ?? "Completed",
  }));
  return { submittedAt, preparedAt: submittedAt, runningAt: submittedAt, steps, cancelAskedAt, endedAt, end };
}
