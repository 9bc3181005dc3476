import { scheduleNames } from "../../azureml/service/schedules/from_config.ts";
import { deleteSchedule, listSchedules } from "../../azureml/service/schedules/schedule.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { chooseWorkspace, requireWorkspace } from "../project/choose_workspace.ts";
import { connect } from "../project/connect.ts";
import type { SelectedJobs } from "../project/select_jobs.ts";
import { changeSchedule } from "./change.ts";
import { openLeftovers } from "../run/leftover_schedules.ts";
import { openSchedules, type SchedulesOptions } from "./target.ts";

/** Options of deleting the schedules of jobs. */
export interface DeleteScheduleOptions {
  /** A workspace of azureml.yml to use for all jobs, by its key. */
  readonly workspace: string | undefined;
  readonly dryRun: boolean | undefined;
}

/** A schedule that was deleted, or would be with `dryRun`. */
export interface DeletedSchedule {
  /** Name in Azure ML. */
  readonly name: string;
  /** The job in azureml.yml that it belongs to; `undefined` if the schedule was named directly. */
  readonly job: string | undefined;
  readonly workspace: WorkspaceConfig;
  /** False if the workspace has no such schedule; `undefined` with `dryRun`. */
  readonly deleted?: boolean;
}

/**
 * Deletes the schedules that azureml.yml defines for jobs; for a job without any, the schedule with the job's name.
 *
 * A schedule that does not exist is not an error.
 */
export async function* deleteJobSchedules(
  ctx: AppContext,
  { session, jobs }: SelectedJobs,
  options: DeleteScheduleOptions,
): AsyncIterable<DeletedSchedule> {
  const all = [...jobs].flatMap(([job, config]) => {
    const workspace = options.dryRun
      ? chooseWorkspace(session.config, options.workspace, config)
      : requireWorkspace(session.config, options.workspace, { job: config });
    const names = scheduleNames(job, config);
    return (names.length === 0 ? [job] : names).map((name) => ({ name, job, workspace }));
  });
  if (options.dryRun) return yield* all;
  const { open } = await connect(ctx);
  for (const schedule of all) {
    yield { ...schedule, deleted: await remove(ctx, open(schedule.workspace), schedule.name) };
  }
  const leftovers = openLeftovers({ session, jobs }, options.workspace);
  for (const [config, schedules] of Map.groupBy(all, ({ workspace }) => workspace)) {
    const existing = await listSchedules(open(config));
    const warnings = [...new Set(schedules.map(({ job }) => job))].flatMap((job) => leftovers(job, existing));
    for (const warning of warnings) ctx.report({ type: "warning", warning });
  }
}

/** Options of deleting schedules by name. */
export interface DeleteNamedOptions extends SchedulesOptions {
  /** Names in Azure ML. */
  readonly names: readonly string[];
  readonly dryRun: boolean | undefined;
}

/**
 * Deletes schedules by their names in Azure ML, independently of azureml.yml. A schedule that does not exist is not
 * an error.
 *
 * @throws {UserError} `azure.*`, `workspace.unknown`.
 */
export async function* deleteNamedSchedules(
  ctx: AppContext,
  options: DeleteNamedOptions,
): AsyncIterable<DeletedSchedule> {
  const workspace = await openSchedules(ctx, options);
  for (const name of new Set(options.names)) {
    const removed = { name, job: undefined, workspace: workspace.config };
    yield options.dryRun ? removed : { ...removed, deleted: await remove(ctx, workspace, name) };
  }
}

function remove(ctx: AppContext, workspace: Workspace, name: string): Promise<boolean> {
  return changeSchedule(ctx, { name, action: "delete" }, () => deleteSchedule(workspace, name));
}
