import { findingToWarning } from "../../azureml/checks/finding.ts";
import { unexpectedSchedules } from "../../azureml/checks/references.ts";
import type { JobPlan } from "../../azureml/job/body.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { schedulesOf } from "../../azureml/schedules/from_config.ts";
import {
  listSchedules,
  type NamedSchedule,
  putSchedule,
  type Schedule,
  toScheduleRest,
  toTriggerRest,
} from "../../azureml/schedules/schedules.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { onceEach } from "../../core/async.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { type CheckedJobs, type CheckOptions, prepareJobs } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import { selectJobs } from "../project/select_jobs.ts";
import { planSubmission, type SubmissionInputs } from "../project/submission_inputs.ts";
import { workspaceOption } from "../project/workspace.ts";
import {
  changeSchedule,
  type DeletedSchedule,
  deleteJobSchedules,
  type FiringTimes,
  timesFrom,
} from "../runs/schedules.ts";
import { openPackageJobs, type PackageOptions } from "./job_package.ts";
import { openSubmitters } from "./submit.ts";

interface ScheduleOptions extends CheckOptions {
  /** Whether to show what would be done, without changing anything. */
  readonly dryRun?: boolean | undefined;
  readonly delete?: boolean | undefined;
}

export type ScheduleCommandResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | {
    readonly type: "planned";
    readonly planned: {
      readonly schedule: NamedSchedule;
      readonly plan: JobPlan;
      readonly body: unknown;
      readonly times: FiringTimes;
    };
  }
  | { readonly type: "deleted"; readonly schedule: DeletedSchedule }
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

/**
 * Creates, updates or deletes the schedules of a project's jobs. Nothing is sent unless all jobs pass the checks.
 *
 * @throws {UserError} `schedule.*`, `usage.*`, those of the checks.
 */
export async function* scheduleJobs(
  ctx: AppContext,
  options: ScheduleOptions,
): AsyncIterable<ScheduleCommandResult> {
  if (options.delete) return yield* deleteAll(ctx, options);
  const prepared = await prepareJobs(
    ctx,
    { ...options, action: "schedule", mustName: true },
    ({ session: { config: { azureml: config, place } }, jobs }) => schedulesOf({ config, jobs, place }),
  );
  const { specs, inputs, warnings, early: schedules, selected } = prepared;
  const { session, jobs } = selected;
  const unexpected = unexpectedSchedules(session.config, jobs, ctx.clock.now());
  yield { type: "checked", warnings: [...warnings, ...unexpected.map(findingToWarning)] };
  const workspaceOptions = (job: string) => workspaceOption(options.workspace, jobs.get(job));
  yield* put(ctx, { inputs, specs, schedules, workspaceOptions }, options);
}

/** Creates or updates the schedules of a package's jobs, which needs no project. */
export async function* schedulePackage(
  ctx: AppContext,
  options: PackageOptions & Pick<ScheduleOptions, "dryRun">,
): AsyncIterable<ScheduleCommandResult> {
  const { specs, schedules, inputs } = await openPackageJobs(ctx, options);
  requireSchedules([...specs.keys()], schedules);
  specs.forEach(inputs.workspaceOf);
  const workspaceOptions = (_: string, { subscription_id, resource_group, name }: WorkspaceConfig) =>
    ` --subscription-id ${subscription_id} --resource-group ${resource_group} --workspace-name ${name}`;
  yield* put(ctx, { inputs, specs, schedules, workspaceOptions }, options);
}

async function* put(
  ctx: AppContext,
  inputs: ScheduleInputs,
  { dryRun = false }: Pick<ScheduleOptions, "dryRun">,
): AsyncIterable<ScheduleCommandResult> {
  if (!dryRun) return yield* sendSchedules(ctx, inputs);
  for (const schedule of inputs.schedules) {
    const plan = await planSubmission(inputs.specs.get(schedule.job)!, inputs.inputs);
    const body = toScheduleRest(schedule, plan.body);
    yield { type: "planned", planned: { schedule, plan, body, times: firingTimes(ctx, schedule) } };
  }
}

async function* deleteAll(
  ctx: AppContext,
  options: ScheduleOptions,
): AsyncIterable<ScheduleCommandResult> {
  const selected = await selectJobs(ctx, { ...options, mustName: true });
  yield { type: "checked", warnings: selected.session.warnings };
  for await (const schedule of deleteJobSchedules(ctx, selected, options)) {
    yield { type: "deleted", schedule };
  }
}

interface ScheduleInputs {
  readonly inputs: SubmissionInputs;
  readonly specs: CheckedJobs["specs"];
  readonly schedules: readonly NamedSchedule[];
  /** Options to append to a command, with a leading space, that choose the workspace of a job. */
  readonly workspaceOptions: (job: string, workspace: WorkspaceConfig) => string;
}

function firingTimes({ clock }: AppContext, { trigger }: NamedSchedule, before?: Schedule): FiringTimes {
  return timesFrom(toTriggerRest(trigger), clock.now(), before?.createdAt);
}

/**
 * Creates or updates schedules, job by job, and yields each as soon as Azure has it.
 *
 * With several jobs, a failure is a result, and the jobs after it are reported as skipped.
 */
async function* sendSchedules(
  ctx: AppContext,
  { inputs, specs, schedules, workspaceOptions }: ScheduleInputs,
): AsyncIterable<ScheduleCommandResult> {
  const submitterOf = await openSubmitters(ctx, inputs);
  const schedulesIn = onceEach(listSchedules);
  const ofJob = Map.groupBy(schedules, ({ job }) => job);
  const jobs = [...specs];
  async function* send(job: string, spec: JobSpec): AsyncIterable<ScheduleCommandResult> {
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
function requireSchedules(jobs: readonly string[], schedules: readonly NamedSchedule[]): void {
  const without = jobs.filter((job) => !schedules.some((schedule) => schedule.job === job));
  if (without.length === 0) return;
  throw new UserError(
    `The package has no schedule for ${without.map((job) => `job "${job}"`).join(", ")}`,
    {
      // schedule.none: The job has no schedule. Set `schedule` in azureml.yml.
      code: "schedule.none",
      hint: `Set \`jobs.${without[0]}.schedule\` in azureml.yml and pack again, or choose other jobs`,
      data: { jobs: without },
    },
  );
}
