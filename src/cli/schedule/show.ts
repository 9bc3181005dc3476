import type { AppContext } from "../../app/context.ts";
import { getSchedule } from "../../azureml/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { renderSchedule } from "./show_text.ts";
import { openSchedules, type ScheduleTargetOptions } from "../../app/schedule/target.ts";

/** Shows one schedule, and when it fires next. */
export async function scheduleShow(ctx: AppContext, options: ScheduleTargetOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderSchedule(await getSchedule(workspace, options.name), ctx.clock.now());
}
