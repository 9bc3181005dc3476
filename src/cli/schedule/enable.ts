import type { AppContext } from "../../app/context.ts";
import { enableSchedule, getSchedule } from "../../azureml/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { renderEnabled } from "./show_text.ts";
import { openSchedules, type ScheduleTargetOptions } from "../../app/schedule/target.ts";

/** Pauses a schedule, or lets it go on; what is so already is no failure. */
export async function scheduleEnable(
  ctx: AppContext,
  options: ScheduleTargetOptions & { readonly isEnabled: boolean },
): Promise<Output> {
  const { name, isEnabled } = options;
  const workspace = await openSchedules(ctx, options);
  const changed = await enableSchedule(workspace, name, isEnabled);
  return renderEnabled(await getSchedule(workspace, name), { changed, now: ctx.clock.now() });
}
