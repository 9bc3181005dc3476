import type { AppContext } from "../../app/context.ts";
import { triggerSchedule } from "../../azureml/schedules/runs.ts";
import { studioUrl } from "../../azureml/jobs/job.ts";
import { followEach } from "../../app/runs/follow_all.ts";
import { renderResults } from "../text/run_results.ts";
import type { Output } from "../command/output.ts";
import { renderTriggered } from "./show_text.ts";
import { openSchedules, type ScheduleTargetOptions } from "../../app/schedule/target.ts";

/** Options of `schedule trigger`. */
export interface ScheduleTriggerOptions extends ScheduleTargetOptions {
  readonly waitForCompletion?: boolean;
  /** Seconds that following may take. */
  readonly timeout?: number;
}

/** Makes a schedule run its job now. */
export async function* scheduleTrigger(
  ctx: AppContext,
  options: ScheduleTriggerOptions,
): AsyncIterable<Output> {
  const workspace = await openSchedules(ctx, options);
  const job = await triggerSchedule(workspace, options.name);
  yield renderTriggered({ schedule: options.name, job, studioUrl: studioUrl(workspace, job) });
  if (!options.waitForCompletion) return;
  yield* renderResults(followEach(ctx, [{ workspace, name: job, job: undefined, isSent: true }], options));
}
