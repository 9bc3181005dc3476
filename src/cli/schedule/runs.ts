import type { CommandContext } from "../command/declare.ts";
import { runsOfSchedule } from "../../app/schedule/runs.ts";
import type { ScheduledRun } from "../../azureml/service/schedules/runs.ts";
import { USUAL_LIMIT } from "../job/list.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { utcText } from "../text/units.ts";
import { scheduleRequest, type ScheduleTyped } from "./schedule_text.ts";

/** Lists the jobs that a schedule started, newest first. */
export async function scheduleRuns(
  ctx: CommandContext,
  typed: ScheduleTyped & { readonly limit?: number },
): Promise<Output> {
  return renderScheduleRuns(
    typed.args.schedule,
    await runsOfSchedule(ctx, { ...scheduleRequest(typed), limit: typed.limit ?? USUAL_LIMIT }),
    ctx.terminal.outColumns,
  );
}

/** Renders one job per line, with its status and time. */
function renderScheduleRuns(
  schedule: string,
  runs: readonly ScheduledRun[],
  columns: number | undefined,
): Output {
  const time = ({ createdAt }: ScheduledRun) => createdAt === undefined ? "" : utcText(createdAt);
  return {
    data: runs.map(({ name, status, displayName, experimentName, studioUrl, createdAt }) => (
      { name, status, displayName, experimentName, studioUrl, createdAt }
    )),
    text: runs.length === 0
      ? `Schedule ${schedule} has started no jobs\n`
      : tableText(runs.map((run) => [run.name, run.status, time(run)]), columns),
  };
}
