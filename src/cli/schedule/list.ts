import type { AppContext } from "../../app/context.ts";
import { openSchedules, type SchedulesOptions } from "../../app/schedule/target.ts";
import { canTellTimes } from "../../azureml/service/schedules/next_times.ts";
import { listSchedules, type Schedule } from "../../azureml/service/schedules/schedule.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { zonedText } from "../text/times.ts";
import { scheduleData, timesOf, triggerText } from "./schedule_text.ts";

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: AppContext, options: SchedulesOptions): Promise<Output> {
  const workspace = await openSchedules(ctx, options);
  const schedules = await listSchedules(workspace);
  return renderSchedules(schedules, { now: ctx.clock.now(), workspace: workspace.config });
}

/** Renders schedules: name, when they fire, and the next time. */
export function renderSchedules(
  schedules: readonly Schedule[],
  { now, workspace }: { readonly now: Date; readonly workspace: WorkspaceConfig },
): Output {
  const next = (schedule: Schedule) => {
    if (!schedule.isEnabled) return "paused";
    const [time] = timesOf(schedule, now, 1);
    if (time !== undefined) return `next ${zonedText(time)}`;
    return canTellTimes(schedule.trigger) ? "never again" : "next time unknown";
  };
  return {
    data: schedules.map((one) => scheduleData(one, now)),
    text: schedules.length === 0
      ? `Workspace ${workspace.name} has no schedules\n`
      : tableText(schedules.map((one) => [one.name, triggerText(one.trigger), next(one)])),
  };
}
