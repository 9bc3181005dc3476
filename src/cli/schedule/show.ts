import type { AppContext } from "../../app/context.ts";
import { showSchedule } from "../../app/schedule/list.ts";
import type { TimedSchedule } from "../../app/schedule/times.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { triggerText } from "../../app/schedule/times.ts";
import { nextText, scheduleData, type ScheduleTyped, withName } from "./schedule_text.ts";

/** Shows one schedule and when it fires next. */
export async function scheduleShow(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderSchedule(await showSchedule(ctx, withName(typed)));
}

/** Renders all properties of a schedule. */
export function renderSchedule(schedule: TimedSchedule): Output {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["schedule", name],
    ["state", isEnabled ? "enabled" : "paused"],
    ["runs", triggerText(trigger)],
    ["from", trigger.startTime],
    ["until", trigger.endTime],
    ["job", job?.displayName ?? displayName],
    ["experiment", job?.experimentName],
    ["description", description],
  ];
  return {
    data: scheduleData(schedule),
    text: tableText(rows.flatMap(([label, value]) => value ? [[label, value]] : [])) +
      nextText(schedule),
  };
}
