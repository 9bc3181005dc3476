import type { AppContext } from "../../app/context.ts";
import type { CommandContext } from "../command/declare.ts";
import { type ListedSchedules, listTimedSchedules, showSchedule } from "../../app/schedule/list_and_show.ts";
import type { SchedulesOptions } from "../../app/schedule/target.ts";
import { type TimedSchedule, triggerText } from "../../app/schedule/times.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { zonedText } from "../text/units.ts";
import { nextText, scheduleData, scheduleRequest, type ScheduleTyped } from "./schedule_text.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: CommandContext, typed: SchedulesOptions): Promise<Output> {
  return renderSchedules(await listTimedSchedules(ctx, typed), ctx.terminal.outColumns);
}

/** Renders schedules: name, when they fire, and the next time. */
export function renderSchedules(
  { schedules, workspace }: ListedSchedules,
  columns?: number,
): Output {
  return {
    data: schedules.map(scheduleData),
    text: schedules.length === 0 ? `Workspace ${workspace.name} has no schedules\n` : tableText(
      schedules.map((schedule) => [schedule.name, triggerText(schedule.trigger), nextOf(schedule)]),
      columns,
    ),
  };
}

function nextOf({ isEnabled, next, canTellTimes }: TimedSchedule): string {
  if (!isEnabled) return "paused";
  if (next[0] !== undefined) return `next ${zonedText(next[0])}`;
  return canTellTimes ? "never again" : "next time unknown";
}

/** Shows one schedule and when it fires next. */
export async function scheduleShow(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderSchedule(await showSchedule(ctx, scheduleRequest(typed)));
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
