import { ownValue } from "../../core/json.ts";
import type { PipelineJob } from "../arm/shapes.ts";
import type { Outcome, Pace } from "../state/options.ts";
import type { StepTimes, Timeline } from "../state/records.ts";
import {
  type EmulatedWorkspace,
  findResource,
  jobKey,
  type JobRecord,
  putRecord,
  type World,
} from "../state/world.ts";

/** The timeline of a job: recorded if its steps run on this machine, else simulated. */
function timelineOf(world: World, job: JobRecord): Timeline {
  const { pace, outcome } = world;
  const { execution } = job;
  if (execution !== undefined) return executedTimeline({ ...job, execution, prepareMs: pace.prepareMs });
  const steps = [...job.needs.keys()];
  const planned = world.plans.get(job) ?? planTimeline({
    ...job,
    pace,
    outcome,
    failing: new Set(steps.filter((step) => plannedError(world, job, step) !== undefined)),
    stopsAtFailure: stopsAtFailure(world, job),
  });
  world.plans.set(job, planned);
  return planned;
}

/** The error of a step that is to fail, because an option says so, or because it cannot run. */
export function plannedError(world: World, job: JobRecord, step: string): string | undefined {
  const names = namesOf(world, job, step);
  const planned = Object.entries(world.outcome.failingSteps ?? {}).find(([name]) => names.includes(name));
  return planned?.[1] ?? ownValue(job.doomed, step);
}

/** The names by which a step can be chosen to fail. */
export function namesOf(world: World, job: JobRecord, step: string): readonly string[] {
  return [step, bodyOf(world, job).jobs[step]?.display_name ?? step, ...nodesOf(world, job, step)];
}

/** The Kedro nodes of a step that runs several, from its environment variable. */
export function nodesOf(world: World, job: JobRecord, step: string): readonly string[] {
  return JSON.parse(bodyOf(world, job).jobs[step]?.environment_variables?.KEDRO_AZUREML_GROUP ?? "[]");
}

export function bodyOf(world: World, job: JobRecord): PipelineJob {
  return findResource(world, jobKey(job))!.properties as PipelineJob;
}

/** The name that Azure ML Studio shows for a run. */
export function displayNameOf(world: World, { job, step, id }: Pick<Run, "job" | "step" | "id">): string {
  const { displayName, jobs } = bodyOf(world, job);
  return step === undefined ? displayName ?? id : jobs[step]?.display_name ?? step;
}

/** Whether a failed step stops unrelated steps too; Azure ML lets them run unless the job says otherwise. */
export function stopsAtFailure(world: World, job: JobRecord): boolean {
  const { settings } = bodyOf(world, job);
  return settings?.continue_on_step_failure === false;
}

/** Requests a job's cancellation, once. @returns when it will have ended, in milliseconds since 1970. */
export function requestCancel(world: World, job: JobRecord): number {
  const now = world.clock.now().getTime();
  const canceled = { ...job, cancelAskedAt: job.cancelAskedAt ?? now };
  putRecord(world, canceled);
  world.runner?.cancel(jobKey(canceled));
  const { endedAt } = timelineOf(world, canceled);
  return endedAt === Infinity ? now : endedAt;
}

export function statusOf(world: World, job: JobRecord): string {
  return jobStatus(timelineOf(world, job), world.clock.now().getTime());
}

/** A run: a job or one of its steps. Times are in milliseconds since 1970. */
export interface Run {
  readonly id: string;
  readonly job: JobRecord;
  /** Key of the step; absent for the job itself. */
  readonly step?: string | undefined;
  readonly status: string;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly error: string | undefined;
}

export function jobRun(world: World, job: JobRecord): Run {
  const [timeline, now] = [timelineOf(world, job), world.clock.now().getTime()];
  const status = jobStatus(timeline, now);
  const failed = timeline.steps.filter((step) => step.end === "Failed");
  return {
    id: job.name,
    job,
    status,
    createdAt: job.submittedAt,
    startedAt: reached(timeline.runningAt, now),
    endedAt: reached(timeline.endedAt, now),
    error: status === "Failed" ? pipelineError(failed.map(({ step }) => step)) : undefined,
  };
}

export function stepRuns(world: World, job: JobRecord): readonly Run[] {
  const now = world.clock.now().getTime();
  return timelineOf(world, job).steps.flatMap((step) => {
    const status = stepStatus(step, now);
    return status === undefined ? [] : [toRun(world, job, step, status, now)];
  });
}

export function findRun(world: World, workspace: EmulatedWorkspace, id: string): Run | undefined {
  const job = world.jobs.get(`${workspace.id}/jobs/${id}`.toLowerCase());
  if (job !== undefined) return jobRun(world, job);
  const parent = [...world.jobs.values()].find((job) =>
    job.workspace.id === workspace.id && [...job.runIds.values()].includes(id)
  );
  return parent && stepRuns(world, parent).find((run) => run.id === id);
}

function toRun(world: World, job: JobRecord, times: StepTimes, status: string, now: number): Run {
  return {
    id: job.runIds.get(times.step)!,
    job,
    step: times.step,
    status,
    createdAt: times.queuedAt,
    startedAt: times.startedAt === undefined ? undefined : reached(times.startedAt, now),
    endedAt: reached(times.endedAt, now),
    error: status === "Failed" ? stepError(world, job, times.step) : undefined,
  };
}

function reached(time: number, now: number): number | undefined {
  return time <= now ? time : undefined;
}

function pipelineError(steps: readonly string[]): string {
  const nodes = steps.map((step) => `/${step}`).join(", ");
  return `Pipeline has failed child jobs. Failed nodes: ${nodes}. For more details and logs, please go to the job ` +
    "detail page and check the child jobs.";
}

function stepError(world: World, job: JobRecord, step: string): string | undefined {
  const { execution } = job;
  return execution === undefined ? plannedError(world, job, step) : ownValue(execution.steps, step)?.error;
}

interface TimelineInput {
  readonly submittedAt: number;
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly pace: Pace;
  readonly outcome: Pick<Outcome, "afterFirstStep">;
  readonly failing: ReadonlySet<string>;
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
  const base = { preparedAt: submittedAt + pace.prepareMs / 2, runningAt };
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

function planSteps({ needs, pace, failing }: TimelineInput, startAt: number): readonly StepTimes[] {
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

function jobStatus(timeline: Timeline, now: number): string {
  if (now >= timeline.endedAt) return timeline.end;
  if (timeline.cancelAskedAt !== undefined && now >= timeline.cancelAskedAt) return "CancelRequested";
  if (now >= timeline.runningAt) return "Running";
  return now >= timeline.preparedAt ? "Preparing" : "NotStarted";
}

/** The status of a step at a time; `undefined` before it has a run. */
function stepStatus(step: StepTimes, now: number): string | undefined {
  const { queuedAt, startedAt = Infinity, endedAt, end } = step;
  if (now < queuedAt) return undefined;
  if (now >= endedAt) return end;
  return now >= startedAt ? "Running" : "Queued";
}

/** The timeline of a job whose steps run on this machine; `endedAt` is `Infinity` while something is running. */
function executedTimeline(
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
  return { preparedAt, runningAt, steps, cancelAskedAt, endedAt, end };
}
