import type { AppContext } from "../../app/context.ts";
import { openSchedules } from "../../app/schedule/target.ts";
import { getSchedule, type Schedule } from "../../azureml/service/schedules/schedule.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { nextText, scheduleData, type ScheduleTyped, triggerText } from "./schedule_text.ts";

/** Shows one schedule and when it fires next. */
export async function scheduleShow(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  const workspace = await openSchedules(ctx, typed);
  return renderSchedule(await getSchedule(workspace, typed.args.schedule), ctx.clock.now());
}

/** Renders all properties of a schedule. */
export function renderSchedule(schedule: Schedule, now: Date): Output {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["schedule", name],
    ["state", isEnabled ? "enabled" : "paused"],
    ["fires", triggerText(trigger)],
    ["from", trigger.startTime],
    ["until", trigger.endTime],
    ["job", job?.displayName ?? displayName],
    ["experiment", job?.experimentName],
    ["description", description],
  ];
  return {
    data: scheduleData(schedule, now),
    text: tableText(rows.flatMap(([label, value]) => value ? [[label, value]] : [])) +
      nextText(schedule, now),
  };
}
