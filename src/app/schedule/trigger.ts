import { studioUrl } from "../../azureml/service/runs/studio_url.ts";
import { triggerSchedule } from "../../azureml/service/schedules/runs.ts";
import type { AppContext } from "../context.ts";
import { followRuns } from "../job/follow.ts";
import type { FollowRequest } from "../run/follow_run.ts";
import type { RunResult } from "../run/results.ts";
import { openSchedules, type ScheduleTargetOptions } from "./target.ts";

/** Options of `schedule trigger`. */
export interface ScheduleTriggerOptions extends ScheduleTargetOptions {
  /** How to follow the job; absent if it is not followed. */
  readonly follow: FollowRequest | undefined;
}

/** What `schedule trigger` yields: the job that was started, then the events of following it. */
export type TriggerResult =
  | {
    readonly type: "triggered";
    /** Its name in Azure ML. */
    readonly name: string;
    readonly studioUrl: string;
  }
  | RunResult;

/** Runs the job of a schedule now, and follows it if asked to. */
export async function* triggerNow(
  ctx: AppContext,
  options: ScheduleTriggerOptions,
): AsyncIterable<TriggerResult> {
  const workspace = await openSchedules(ctx, options);
  const name = await triggerSchedule(workspace, options.name);
  yield { type: "triggered", name, studioUrl: studioUrl(workspace, name) };
  if (options.follow !== undefined) {
    yield* followRuns(ctx, [{ workspace, name, job: undefined, isSent: true }], options.follow);
  }
}
