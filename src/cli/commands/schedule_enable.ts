import { enableSchedule, getSchedule } from "../../azureml/schedules.ts";
import type { Context } from "../../context.ts";
import type { Output } from "../output.ts";
import { renderEnabled } from "../render/schedules.ts";
import { openSchedules, type ScheduleTargetOptions } from "../schedule_target.ts";

/** Pauses a schedule, or lets it go on; what is so already is no failure. */
export async function scheduleEnable(
  ctx: Context,
  options: ScheduleTargetOptions & { readonly isEnabled: boolean },
): Promise<Output> {
  const { name, isEnabled } = options;
  const workspace = await openSchedules(ctx, options);
  const changed = await enableSchedule(workspace, name, isEnabled);
  return renderEnabled(await getSchedule(workspace, name), { changed, now: ctx.clock.now() });
}
