import { listSchedules } from "../../azureml/schedules/schedule.ts";
import type { Context } from "../../core/context.ts";
import type { Output } from "../command/output.ts";
import { renderSchedules } from "./show_text.ts";
import { openSchedules, type SchedulesOptions } from "../../app/schedule/target.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: Context, options: SchedulesOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderSchedules(await listSchedules(workspace), {
    now: ctx.clock.now(),
    workspace: workspace.config,
  });
}
