import { enableSchedule, getSchedule } from "../../azureml/service/schedules/schedule.ts";
import type { AppContext } from "../context.ts";
import { changeSchedule } from "./change.ts";
import { openSchedules, type ScheduleTargetOptions } from "./target.ts";
import { type TimedSchedule, withTimes } from "./times.ts";

/** A schedule that was paused or resumed. */
export interface EnabledSchedule {
  readonly schedule: TimedSchedule;
  /** False if it was in that state before. */
  readonly changed: boolean;
}

/** Pauses or resumes a schedule; it is not an error if it already is in that state. */
export async function pauseOrResume(
  ctx: AppContext,
  options: ScheduleTargetOptions & { readonly isEnabled: boolean },
): Promise<EnabledSchedule> {
  const { name, isEnabled } = options;
  const workspace = await openSchedules(ctx, options);
  const action = isEnabled ? "resume" : "pause";
  const changed = await changeSchedule(
    ctx,
    { name, action },
    () => enableSchedule(workspace, name, isEnabled),
  );
  return { schedule: withTimes(await getSchedule(workspace, name), ctx.clock.now()), changed };
}
