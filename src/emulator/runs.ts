import { foretell, jobStatus, stepStatus, type StepTimes, type Timeline } from "./timeline.ts";
import type { JobRun, StepRun, World } from "./world.ts";

/** A job or a step of one, as it is now. */
export interface RunState {
  readonly run: JobRun;
  readonly timeline: Timeline;
  readonly status: string;
  /** Absent for the job itself. */
  readonly step?: StepState;
}

/** A step as it is now. */
export interface StepState {
  readonly name: string;
  readonly run: StepRun;
  readonly times: StepTimes;
}

/** Whether a run in that status is over. */
export function isOver(status: string): boolean {
  return ["Completed", "Failed", "Canceled", "NotResponding"].includes(status);
}

/** How a job goes, as far as it has come. */
export function jobState(world: World, run: JobRun, now = world.clock.now()): RunState {
  const timeline = foretell({
    submittedAt: run.submittedAt,
    needs: new Map([...run.steps].map(([name, step]) => [name, step.needs])),
    pace: world.pace,
    outcome: world.outcome,
    cancelAskedAt: run.cancelAskedAt,
  });
  return { run, timeline, status: jobStatus(timeline, now.getTime()) };
}

/** The steps of a job that have a run by now, in the order in which they were queued. */
export function stepStates(world: World, run: JobRun): readonly RunState[] {
  const now = world.clock.now();
  const { timeline } = jobState(world, run, now);
  return timeline.steps.flatMap((times) => {
    const status = stepStatus(times, now.getTime());
    const step = { name: times.step, run: run.steps.get(times.step)!, times };
    return status === undefined ? [] : [{ run, timeline, status, step }];
  });
}

/** The job or step with that run id in a workspace. */
export function findRun(world: World, workspaceId: string, runId: string): RunState | undefined {
  const runs = [...world.runs.values()].filter((one) => one.workspace.id === workspaceId);
  const job = runs.find((one) => one.job.toLowerCase() === runId.toLowerCase());
  if (job !== undefined) return jobState(world, job);
  const parent = runs.find((one) => [...one.steps.values()].some((step) => step.runId === runId));
  return parent && stepStates(world, parent).find((one) => one.step!.run.runId === runId);
}
