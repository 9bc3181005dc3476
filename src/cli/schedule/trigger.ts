import type { AppContext } from "../../app/context.ts";
import { triggerSchedule } from "../../azureml/service/schedules/runs.ts";
import { studioUrl } from "../../azureml/service/runs/run.ts";
import { followRuns } from "../../app/job/follow.ts";
import { refuseFollowOptions } from "../../app/project/option_conflicts.ts";
import { renderResults } from "../text/run_results.ts";
import type { Output } from "../command/output.ts";
import { openSchedules } from "../../app/schedule/target.ts";
import type { ScheduleTyped } from "./schedule_text.ts";

/** Options of `schedule trigger`. */
export interface ScheduleTriggerTyped extends ScheduleTyped {
  readonly waitForCompletion?: boolean;
  /** Maximum time to follow the job, in seconds. */
  readonly timeout?: number;
}

/** Runs the job of a schedule now. */
export async function* scheduleTrigger(
  ctx: AppContext,
  options: ScheduleTriggerTyped,
): AsyncIterable<Output> {
  refuseFollowOptions(options);
  const workspace = await openSchedules(ctx, options);
  const job = await triggerSchedule(workspace, options.args.schedule);
  yield renderTriggered({ schedule: options.args.schedule, job, studioUrl: studioUrl(workspace, job) });
  if (!options.waitForCompletion) {
    const next = [`Run \`kedro-azureml job follow ${job}\` to follow it`];
    return yield { data: undefined, text: "", next };
  }
  yield* renderResults(followRuns(ctx, [{ workspace, name: job, job: undefined, isSent: true }], options));
}

/** Renders the job that a schedule started. */
function renderTriggered(
  { schedule, job, studioUrl }: {
    readonly schedule: string;
    readonly job: string;
    readonly studioUrl: string;
  },
): Output {
  return {
    data: { schedule, name: job, studioUrl },
    submitted: job,
    text: `✓ Schedule ${schedule} started job ${job}\n${studioUrl}\n`,
  };
}
