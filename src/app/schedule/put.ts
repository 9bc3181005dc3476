import type { JobPlan } from "../../azureml/job/write/plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import {
  listSchedules,
  putSchedule,
  type Schedule,
  type ScheduleTrigger,
} from "../../azureml/service/schedules/schedule.ts";
import {
  type NamedSchedule,
  toScheduleRest,
  toTriggerRest,
} from "../../azureml/service/schedules/schedule_body.ts";
import type { Context } from "../../core/context.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { onceEach } from "../../core/async.ts";
import type { CheckedJobs } from "../check/check.ts";
import { planSubmission, type SubmissionInputs } from "../project/submission_inputs.ts";
import { changeSchedule } from "./change.ts";
import { timesFrom } from "./times.ts";
import { openSubmitters } from "../submit/send_jobs.ts";

/** The jobs to schedule, and their schedules. */
export interface ScheduleInputs {
  readonly inputs: SubmissionInputs;
  readonly specs: CheckedJobs["specs"];
  readonly schedules: readonly NamedSchedule[];
  /** Options to append to a command, with a leading space, that choose the workspace of a job. */
  readonly workspaceOptions: (job: string, workspace: WorkspaceConfig) => string;
  /** Warns of earlier schedules of a job; absent if it is unknown which ones are earlier. */
  readonly leftovers?: (job: string, existing: readonly Schedule[]) => readonly Warning[];
}

/** A schedule that would be sent. */
export interface PlannedSchedule {
  readonly schedule: NamedSchedule;
  readonly plan: JobPlan;
  /** Body of the request. */
  readonly body: unknown;
  /** When it would fire. */
  readonly times: FiringTimes;
}

/** The trigger as sent, and the next times at which it fires. */
export interface FiringTimes {
  readonly trigger: ScheduleTrigger;
  readonly next: readonly Temporal.ZonedDateTime[];
  readonly now: Date;
}

/** What happened to one schedule. */
export type ScheduleResult =
  | {
    readonly type: "scheduled";
    readonly schedule: NamedSchedule;
    readonly workspace: WorkspaceConfig;
    readonly times: FiringTimes;
    /** False if a schedule with this name was replaced. */
    readonly isNew: boolean;
    /** The command that resumes it, if it was paused and still is. */
    readonly resume: string | undefined;
  }
  | { readonly type: "failed"; readonly job: string; readonly error: UserError }
  /** Not changed because job `because` failed before. */
  | { readonly type: "skipped"; readonly job: string; readonly because: string };

function firingTimes(
  { clock }: Pick<Context, "clock">,
  schedule: NamedSchedule,
  before?: Schedule,
): FiringTimes {
  const [trigger, now] = [toTriggerRest(schedule.trigger), clock.now()];
  return { trigger, next: timesFrom(trigger, now, before?.createdAt), now };
}

/** Yields the schedules that would be created or updated, without requests to Azure. */
export async function* planSchedules(
  ctx: Pick<Context, "clock">,
  { inputs, specs, schedules }: ScheduleInputs,
): AsyncIterable<PlannedSchedule> {
  for (const schedule of schedules) {
    const plan = await planSubmission(specs.get(schedule.job)!, inputs);
    const body = toScheduleRest(schedule, plan.body);
    yield { schedule, plan, body, times: firingTimes(ctx, schedule) };
  }
}

/**
 * Creates or updates schedules, job by job, and yields each as soon as Azure has it.
 *
 * With several jobs, a failure is a result, and the jobs after it are reported as skipped.
 */
export async function* sendSchedules(
  ctx: AppContext,
  { inputs, specs, schedules, workspaceOptions, leftovers }: ScheduleInputs,
): AsyncIterable<ScheduleResult> {
  const submitterOf = await openSubmitters(ctx, inputs);
  const schedulesIn = onceEach(listSchedules);
  const ofJob = Map.groupBy(schedules, ({ job }) => job);
  const jobs = [...specs];
  async function* send(job: string, spec: JobSpec): AsyncIterable<ScheduleResult> {
    const [workspace, submitter] = submitterOf(spec);
    const body = await submitter.prepare(spec);
    const existing = await schedulesIn(workspace);
    for (const schedule of ofJob.get(job)!) {
      const { name } = schedule;
      const before = existing.find((other) => other.name === name);
      const isPaused = before?.isEnabled === false;
      const action = before === undefined ? "create" : "update";
      const change = { action, body: toScheduleRest(schedule, body, isPaused) } as const;
      await changeSchedule(ctx, { name, action }, () => putSchedule(workspace, name, change));
      yield {
        type: "scheduled",
        schedule,
        workspace: workspace.config,
        times: firingTimes(ctx, schedule, before),
        isNew: before === undefined,
        resume: isPaused
          ? `kedro-azureml schedule resume ${name}${workspaceOptions(job, workspace.config)}`
          : undefined,
      };
    }
    for (const warning of leftovers?.(job, existing) ?? []) ctx.report({ type: "warning", warning });
  }
  for (const [at, [job, spec]] of jobs.entries()) {
    try {
      yield* send(job, spec);
    } catch (thrown) {
      if (jobs.length === 1) throw thrown;
      yield { type: "failed", job, error: userErrorOf(thrown, ctx.signal) };
      for (const [later] of jobs.slice(at + 1)) yield { type: "skipped", job: later, because: job };
      return;
    }
  }
}

/** Rejects jobs of a package that have no schedule. @throws {UserError} `schedule.none`. */
export function requireSchedules(jobs: readonly string[], schedules: readonly NamedSchedule[]): void {
  const without = jobs.filter((job) => !schedules.some((schedule) => schedule.job === job));
  if (without.length === 0) return;
  throw new UserError(
    `The package has no schedule for ${without.map((job) => `job "${job}"`).join(", ")}`,
    {
      code: "schedule.none",
      hint: `Set \`jobs.${without[0]}.schedule\` in azureml.yml and pack again, or choose other jobs`,
      data: { jobs: without },
    },
  );
}
