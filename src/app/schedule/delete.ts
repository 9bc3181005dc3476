import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import { deleteSchedule } from "../../azureml/schedules/schedule.ts";
import type { Context } from "../../core/context.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import type { Selected } from "../project/select_jobs.ts";
import type { Output } from "../../cli/command/output.ts";
import { openProgress } from "../../cli/terminal/progress.ts";
import { renderPlannedDelete, renderUnscheduled } from "../../cli/schedule/put_text.ts";

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
