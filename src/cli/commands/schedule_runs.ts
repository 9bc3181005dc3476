import { scheduleRuns as runsOf } from "../../azureml/schedule_runs.ts";
import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import { renderScheduleRuns } from "../render/schedules.ts";
import { openSchedules, type ScheduleTargetOptions } from "../schedule_target.ts";

/** Lists the jobs that a schedule made, from the newest. */
export async function scheduleRuns(
  ctx: Context,
  options: ScheduleTargetOptions & { readonly limit?: number },
): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderScheduleRuns(options.name, await runsOf(workspace, options.name, { atMost: options.limit }));
}
