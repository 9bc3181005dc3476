import { getSchedule } from "../../azureml/schedules.ts";
import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import { renderSchedule } from "../render/schedules.ts";
import { openSchedules, type ScheduleTargetOptions } from "../schedule_target.ts";

/** Shows one schedule, and when it fires next. */
export async function scheduleShow(ctx: Context, options: ScheduleTargetOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderSchedule(await getSchedule(workspace, options.name), ctx.clock.now());
}
