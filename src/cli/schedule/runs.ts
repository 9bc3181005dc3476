import type { AppContext } from "../../app/context.ts";
import { listScheduleRuns as findRuns, type ScheduledRun } from "../../azureml/service/schedules/runs.ts";
import type { Output } from "../command/output.ts";
import { tableText } from "../text/table.ts";
import { utcText } from "../text/times.ts";
import { openSchedules } from "../../app/schedule/target.ts";
import type { ScheduleTyped } from "./schedule_text.ts";

/** Lists the jobs that a schedule started, newest first. */
export async function scheduleRuns(
  ctx: AppContext,
  typed: ScheduleTyped & { readonly limit?: number },
): Promise<Output> {
  const workspace = await openSchedules(ctx, typed);
  return renderScheduleRuns(
    typed.args.schedule,
    await findRuns(workspace, typed.args.schedule, { atMost: typed.limit }),
  );
}

/** Renders one job per line, with its status and time. */
function renderScheduleRuns(schedule: string, runs: readonly ScheduledRun[]): Output {
  const time = ({ createdAt }: ScheduledRun) => createdAt === undefined ? "" : utcText(createdAt);
  return {
    data: runs.map(({ name, status, displayName, experimentName, studioUrl, createdAt }) => ({
      name,
      status,
      displayName,
      experimentName,
      studioUrl,
      createdAt: createdAt?.toISOString(),
    })),
    text: runs.length === 0
      ? `Schedule ${schedule} has started no jobs\n`
      : tableText(runs.map((run) => [run.name, run.status, time(run)])),
  };
}
