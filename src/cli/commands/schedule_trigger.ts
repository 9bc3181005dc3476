import { triggerSchedule } from "../../azureml/schedule_runs.ts";
import { studioUrl } from "../../azureml/jobs.ts";
import type { Context } from "../../context.ts";
import { followEach } from "../following_jobs.ts";
import type { Output } from "../output.ts";
import { renderTriggered } from "../render/schedules.ts";
import { openSchedules, type ScheduleTargetOptions } from "../schedule_target.ts";

/** Options of `schedule trigger`. */
export interface ScheduleTriggerOptions extends ScheduleTargetOptions {
  readonly waitForCompletion?: boolean;
  /** Seconds that following may take. */
  readonly timeout?: number;
}

/** Makes a schedule run its job now. */
export async function* scheduleTrigger(ctx: Context, options: ScheduleTriggerOptions): AsyncIterable<Output> {
  const workspace = await openSchedules(ctx, options);
  const job = await triggerSchedule(workspace, options.name);
  yield renderTriggered({ schedule: options.name, job, studioUrl: studioUrl(workspace, job) });
  if (!options.waitForCompletion) return;
  yield* followEach(ctx, [{ workspace, name: job, job: undefined, isSent: true }], options);
}
