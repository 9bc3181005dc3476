import type { AppContext } from "../../app/context.ts";
import { listSchedules } from "../../azureml/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { renderSchedules } from "./show_text.ts";
import { openSchedules, type SchedulesOptions } from "../../app/schedule/target.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: AppContext, options: SchedulesOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  return renderSchedules(await listSchedules(workspace), {
    now: ctx.clock.now(),
    workspace: workspace.config,
  });
}
