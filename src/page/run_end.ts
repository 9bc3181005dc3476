import { isFinal, NOT_RUN } from "../core/run.ts";
import type { StepProgress } from "./view.ts";

/** The steps of a run with this status: once it has ended, those without a run are not waiting any more. */
export function withoutWaiting<Step extends StepProgress>(
  status: string,
  steps: readonly Step[],
): readonly Step[] {
  if (!isFinal(status)) return steps;
  return steps.map((step) => step.status === undefined ? { ...step, status: NOT_RUN } : step);
}
