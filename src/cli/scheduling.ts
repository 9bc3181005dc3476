import { putSchedule } from "../azureml/schedules.ts";
import { type NamedSchedule, toScheduleRest } from "../azureml/to_schedule.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import type { Checked } from "./checking.ts";
import type { Output } from "./output.ts";
import { renderPlannedSchedule, renderScheduled } from "./render/schedule.ts";
import { type Baggage, openSubmitters, planOf } from "./submission.ts";

/** What schedules are made of. */
export interface Scheduling {
  readonly options: { readonly json?: boolean };
  readonly baggage: Baggage;
  readonly specs: Checked["specs"];
  readonly schedules: readonly NamedSchedule[];
}

/** Shows schedules that would be made. */
export async function* planSchedules({ baggage, specs, schedules }: Scheduling): AsyncIterable<Output> {
  for (const one of schedules) {
    const plan = await planOf(specs.get(one.job)!, baggage);
    yield renderPlannedSchedule(one, plan, toScheduleRest(one, plan.body));
  }
}

/** Creates or updates schedules, job by job, and yields each as soon as Azure has it. */
export async function* sendSchedules(
  ctx: Context,
  { options, baggage, specs, schedules }: Scheduling,
): AsyncIterable<Output> {
  const { submitterOf } = await openSubmitters(ctx, baggage, options);
  for (const [job, spec] of specs) {
    const own = schedules.filter((schedule) => schedule.job === job);
    if (own.length === 0) continue;
    const [workspace, submitter] = submitterOf(spec);
    const body = await submitter.prepare(spec);
    for (const one of own) {
      await putSchedule(workspace, one.name, toScheduleRest(one, body));
      yield renderScheduled(one, workspace.config);
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
