import type { AppContext } from "../../app/context.ts";
import { listScheduleRuns as runsOf } from "../../azureml/schedules/runs.ts";
import type { Output } from "../command/output.ts";
import { renderScheduleRuns } from "./show_text.ts";
import { openSchedules, type ScheduleTargetOptions } from "../../app/schedule/target.ts";

/** Lists the jobs that a schedule made, from the newest. */
export async function scheduleRuns(
  ctx: AppContext,
  options: ScheduleTargetOptions & { readonly limit?: number },
): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderScheduleRuns(options.name, await runsOf(workspace, options.name, { atMost: options.limit }));
}
