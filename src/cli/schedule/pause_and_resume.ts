import type { AppContext } from "../../app/context.ts";
import { type EnabledSchedule, pauseOrResume } from "../../app/schedule/pause_and_resume.ts";
import type { Output } from "../command/output.ts";
import { untilText, zonedText } from "../text/units.ts";
import { scheduleData, scheduleRequest, type ScheduleTyped } from "./schedule_text.ts";

/** Pauses a schedule; it is not an error if it already is paused. */
export async function schedulePause(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderEnabled(await pauseOrResume(ctx, { ...scheduleRequest(typed), isEnabled: false }));
}

/** Resumes a schedule; it is not an error if it already is enabled. */
export async function scheduleResume(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderEnabled(await pauseOrResume(ctx, { ...scheduleRequest(typed), isEnabled: true }));
}

/** Renders the state of a schedule that was paused or resumed. */
function renderEnabled({ schedule, changed }: EnabledSchedule): Output {
  const { name, isEnabled, next: [time], now } = schedule;
  const next = isEnabled && time !== undefined ? `; next ${zonedText(time)}, ${untilText(time, now)}` : "";
  const state = isEnabled ? "enabled" : "paused";
  return {
    data: { ...scheduleData(schedule), changed },
    text: changed
      ? `✓ Schedule ${name} is ${state}${next}\n`
      : `· Schedule ${name} is already ${state}${next}\n`,
  };
}
