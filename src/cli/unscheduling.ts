import { scheduleNames } from "../azureml/job_schedules.ts";
import { deleteSchedule } from "../azureml/schedules.ts";
import type { Context } from "../context.ts";
import { chooseWorkspace, connect } from "./connect.ts";
import type { Selected } from "./jobs.ts";
import type { Output } from "./output.ts";
import { openProgress } from "./progress.ts";
import { renderPlannedDelete, renderUnscheduled } from "./render/schedule.ts";

/** How schedules are deleted. */
export interface UnschedulingOptions {
  /** `-w`: a workspace of azureml.yml for all jobs. */
  readonly workspace?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Deletes all schedules that jobs have by azureml.yml; for a job that has none there the one of its name.
 *
 * A schedule that is not there is no failure.
 */
export async function* deleteSchedules(
  ctx: Context,
  { session, jobs }: Selected,
  options: UnschedulingOptions,
): AsyncIterable<Output> {
  const all = [...jobs].flatMap(([job, config]) => {
    const workspace = chooseWorkspace(session.config, options.workspace, config);
    const names = scheduleNames(job, config);
    return (names.length === 0 ? [job] : names).map((name) => ({ name, job, workspace }));
  });
  if (options.dryRun) return yield* all.map(renderPlannedDelete);
  const { open } = await connect(ctx, openProgress(ctx, options));
  for (const one of all) {
    const deleted = await deleteSchedule(open(one.workspace), one.name);
    yield renderUnscheduled({ ...one, deleted });
  }
}
