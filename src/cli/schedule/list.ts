import type { CommandContext } from "../command/declare.ts";
import { type ListedSchedules, listTimedSchedules } from "../../app/schedule/list.ts";
import type { SchedulesOptions } from "../../app/schedule/target.ts";
import { type TimedSchedule, triggerText } from "../../app/schedule/times.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { zonedText } from "../text/units.ts";
import { scheduleData } from "./schedule_text.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: CommandContext, options: SchedulesOptions): Promise<Output> {
  return renderSchedules(await listTimedSchedules(ctx, options), ctx.terminal.outColumns);
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
