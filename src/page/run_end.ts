import type { StepState } from "./view.ts";

/** Whether a run with this status has ended. */
export function isFinalStatus(status: string): boolean {
  return ["Completed", "Failed", "Canceled", "NotResponding", "Paused"].includes(status);
}

/** The steps of a run with this status: once it has ended, those without a run are not waiting any more. */
export function withoutWaiting<Step extends StepState>(
  status: string,
  steps: readonly Step[],
): readonly Step[] {
  if (!isFinalStatus(status)) return steps;
  return steps.map((step) => step.status === undefined ? { ...step, status: "NotRun" } : step);
}
