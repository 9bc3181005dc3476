import type { JobPlan } from "../../azureml/write/plan.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { putSchedule } from "../../azureml/schedules/schedule.ts";
import { type NamedSchedule, toScheduleRest } from "../../azureml/schedules/to_rest.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Checked } from "../check/check.ts";
import { type Baggage, openSubmitters, planOf } from "../submit/submit.ts";

/** What schedules are made of. */
export interface Scheduling {
  readonly baggage: Baggage;
  readonly specs: Checked["specs"];
  readonly schedules: readonly NamedSchedule[];
}

/** A schedule that would be sent. */
export interface PlannedSchedule {
  readonly schedule: NamedSchedule;
  readonly plan: JobPlan;
  /** The body of the request. */
  readonly body: unknown;
  readonly now: Date;
}

/** What becomes of the schedules of a command, in the order in which it is known. */
export type ScheduleResult =
  | {
    readonly type: "scheduled";
    readonly schedule: NamedSchedule;
    readonly workspace: WorkspaceConfig;
    readonly now: Date;
  }
  | { readonly type: "failed"; readonly job: string; readonly error: UserError }
  /** Left as it was because job `because` failed before. */
  | { readonly type: "skipped"; readonly job: string; readonly because: string };

/** Shows schedules that would be made. */
export async function* planSchedules(
  ctx: Pick<Context, "clock">,
  { baggage, specs, schedules }: Scheduling,
): AsyncIterable<PlannedSchedule> {
  for (const one of schedules) {
    const plan = await planOf(specs.get(one.job)!, baggage);
    const body = toScheduleRest(one, plan.body);
    yield { schedule: one, plan, body, now: ctx.clock.now() };
  }
}

/**
 * Creates or updates schedules, job by job, and yields each as soon as Azure has it.
 *
 * Among several jobs one that fails is reported, and so are those behind it, which are left as they were.
 */
export async function* sendSchedules(
  ctx: AppContext,
  { baggage, specs, schedules }: Scheduling,
): AsyncIterable<ScheduleResult> {
  const { submitterOf } = await openSubmitters(ctx, baggage, {});
  const ofJob = Map.groupBy(schedules, ({ job }) => job);
  const jobs = [...specs].filter(([job]) => ofJob.has(job));
  async function* send(job: string, spec: JobSpec): AsyncIterable<ScheduleResult> {
    const [workspace, submitter] = submitterOf(spec);
    const body = await submitter.prepare(spec);
    for (const one of ofJob.get(job)!) {
      await putSchedule(workspace, one.name, toScheduleRest(one, body));
      yield { type: "scheduled", schedule: one, workspace: workspace.config, now: ctx.clock.now() };
    }
  }
  for (const [at, [job, spec]] of jobs.entries()) {
    try {
      yield* send(job, spec);
    } catch (thrown) {
      if (ctx.signal.aborted || jobs.length === 1 || !(thrown instanceof UserError)) throw thrown;
      yield { type: "failed", job, error: thrown };
      return yield* jobs.slice(at + 1).map((
        [later],
      ) => ({ type: "skipped", job: later, because: job } as const));
    }
  }
}

/**
 * Refuses jobs of a package that have no schedule.
 *
 * @throws {UserError} `schedule.none`.
 */
export function requireSchedules(jobs: readonly string[], schedules: readonly NamedSchedule[]): void {
  const without = jobs.filter((job) => !schedules.some((one) => one.job === job));
  if (without.length === 0) return;
  throw new UserError(
    `Cannot schedule ${without.map((job) => `"${job}"`).join(", ")}: no schedule was packed`,
    {
      code: "schedule.none",
      exit: ExitCode.Config,
      hint: `Set \`jobs.${
        without[0]
      }.schedule\` in azureml.yml and pack it again, or choose others with \`-j\``,
      data: { jobs: without },
    },
  );
}
