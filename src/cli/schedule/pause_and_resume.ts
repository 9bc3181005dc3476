import type { AppContext } from "../../app/context.ts";
import { openSchedules } from "../../app/schedule/target.ts";
import { enableSchedule, getSchedule, type Schedule } from "../../azureml/service/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { untilText, zonedText } from "../text/times.ts";
import { scheduleData, type ScheduleTyped, timesOf } from "./schedule_text.ts";

/** Pauses a schedule; it is not an error if it already is paused. */
export async function schedulePause(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return await enable(ctx, typed, false);
}

/** Resumes a schedule; it is not an error if it already is enabled. */
export async function scheduleResume(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return await enable(ctx, typed, true);
}

async function enable(ctx: AppContext, typed: ScheduleTyped, isEnabled: boolean): Promise<Output> {
  const workspace = await openSchedules(ctx, typed);
  const changed = await enableSchedule(workspace, typed.args.schedule, isEnabled);
  return renderEnabled(await getSchedule(workspace, typed.args.schedule), { changed, now: ctx.clock.now() });
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
