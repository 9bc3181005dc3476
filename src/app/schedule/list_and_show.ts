import { getSchedule, listSchedules } from "../../azureml/service/schedules/schedule.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { AppContext } from "../context.ts";
import { openSchedules, type SchedulesOptions, type ScheduleTargetOptions } from "./target.ts";
import { type TimedSchedule, withTimes } from "./times.ts";

/** The schedules of a workspace. */
export interface ListedSchedules {
  readonly schedules: readonly TimedSchedule[];
  readonly workspace: WorkspaceConfig;
}

/** Lists the schedules of a workspace. */
export async function listTimedSchedules(
  ctx: AppContext,
  options: SchedulesOptions,
): Promise<ListedSchedules> {
  const workspace = await openSchedules(ctx, options);
  const schedules = await listSchedules(workspace);
  const now = ctx.clock.now();
  return { schedules: schedules.map((schedule) => withTimes(schedule, now)), workspace: workspace.config };
}

/** Reads one schedule. @throws {UserError} `schedule.not_found`. */
export async function showSchedule(ctx: AppContext, options: ScheduleTargetOptions): Promise<TimedSchedule> {
  const workspace = await openSchedules(ctx, options);
  return withTimes(await getSchedule(workspace, options.name), ctx.clock.now());
}
