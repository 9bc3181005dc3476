import { getSchedule } from "../../azureml/service/schedules/schedule.ts";
import type { AppContext } from "../context.ts";
import { openSchedules, type ScheduleTargetOptions } from "./target.ts";
import { type TimedSchedule, withTimes } from "./times.ts";

/** Reads one schedule. @throws {UserError} `schedule.not_found`. */
export async function showSchedule(ctx: AppContext, options: ScheduleTargetOptions): Promise<TimedSchedule> {
  const workspace = await openSchedules(ctx, options);
  return withTimes(await getSchedule(workspace, options.name), ctx.clock.now());
}
