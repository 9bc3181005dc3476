import { listScheduleRuns, type ScheduledRun } from "../../azureml/service/schedules/runs.ts";
import type { AppContext } from "../context.ts";
import { openSchedules, type ScheduleTargetOptions } from "./target.ts";

/** Options of `schedule runs`. */
export interface ScheduleRunsOptions extends ScheduleTargetOptions {
  /** Maximum number of jobs. */
  readonly limit: number;
}

/** Lists the jobs that a schedule started, newest first. */
export async function runsOfSchedule(
  ctx: AppContext,
  options: ScheduleRunsOptions,
): Promise<readonly ScheduledRun[]> {
  const workspace = await openSchedules(ctx, options);
  return await listScheduleRuns(workspace, options.name, options.limit);
}
