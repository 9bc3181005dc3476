import type { AppContext } from "../../app/context.ts";
import { openSchedules, type ScheduleTargetOptions } from "../../app/schedule/target.ts";
import { enableSchedule, getSchedule, type Schedule } from "../../azureml/service/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { untilText, zonedText } from "../text/times.ts";
import { scheduleData, timesOf } from "./schedule_text.ts";

/** Pauses or resumes a schedule; it is not an error if it already is in that state. */
export async function scheduleEnable(
  ctx: AppContext,
  options: ScheduleTargetOptions & { readonly isEnabled: boolean },
): Promise<Output> {
  const { name, isEnabled } = options;
  const workspace = await openSchedules(ctx, options);
  const changed = await enableSchedule(workspace, name, isEnabled);
  return renderEnabled(await getSchedule(workspace, name), { changed, now: ctx.clock.now() });
}

/** Renders the state of a schedule that was paused or resumed. */
function renderEnabled(
  schedule: Schedule,
  { changed, now }: { readonly changed: boolean; readonly now: Date },
): Output {
  const { name, isEnabled } = schedule;
  const [time] = timesOf(schedule, now, 1);
  const next = isEnabled && time !== undefined ? `; next ${zonedText(time)}, ${untilText(time, now)}` : "";
  const state = isEnabled ? "enabled" : "paused";
  return {
    data: { ...scheduleData(schedule, now) as object, changed },
    text: changed
      ? `✓ Schedule ${name} is ${state}${next}\n`
      : `· Schedule ${name} is already ${state}${next}\n`,
  };
}
