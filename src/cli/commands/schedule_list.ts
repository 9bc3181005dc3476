import { listSchedules } from "../../azureml/schedules.ts";
import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import { renderSchedules } from "../render/schedules.ts";
import { openSchedules, type SchedulesOptions } from "../schedule_target.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: Context, options: SchedulesOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderSchedules(await listSchedules(workspace), {
    now: ctx.clock.now(),
    workspace: workspace.config,
  });
}
