import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import { deleteSchedule } from "../../azureml/schedules/schedule.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { chooseWorkspace, connect } from "../project/connect.ts";
import type { Selected } from "../project/select_jobs.ts";

/** How schedules are deleted. */
export interface UnschedulingOptions {
  /** `-w`: a workspace of azureml.yml for all jobs. */
  readonly workspace?: string;
  readonly dryRun?: boolean;
}

/** A schedule that was deleted, or with `dryRun` would be. */
export interface DeletedSchedule {
  /** Its name in Azure ML. */
  readonly name: string;
  readonly job: string;
  readonly workspace: WorkspaceConfig;
  /** False when the workspace had no such schedule; `undefined` with `dryRun`. */
  readonly deleted?: boolean;
}

/**
 * Deletes all schedules that jobs have by azureml.yml; for a job that has none there the one of its name.
 *
 * A schedule that is not there is no failure.
 */
export async function* deleteSchedules(
  ctx: AppContext,
  { session, jobs }: Selected,
  options: UnschedulingOptions,
): AsyncIterable<DeletedSchedule> {
  const all = [...jobs].flatMap(([job, config]) => {
    const workspace = chooseWorkspace(session.config, options.workspace, config);
    const names = scheduleNames(job, config);
    return (names.length === 0 ? [job] : names).map((name) => ({ name, job, workspace }));
  });
  if (options.dryRun) return yield* all;
  const { open } = await connect(ctx);
  for (const one of all) {
    const deleted = await deleteSchedule(open(one.workspace), one.name);
    yield { ...one, deleted };
  }
}
