import { canTellTimes, nextTimes } from "../../azureml/service/schedules/next_times.ts";
import type { Schedule, ScheduleTrigger } from "../../azureml/service/schedules/schedule.ts";

/** Number of upcoming times that are shown. */
const TIMES = 5;

/** A schedule in Azure ML, and when it fires. */
export interface TimedSchedule extends Schedule {
  /** The next times. */
  readonly next: readonly Temporal.ZonedDateTime[];
  /** Whether the times can be computed; if so, and there are none, the schedule has ended. */
  readonly canTellTimes: boolean;
  readonly now: Date;
}

/** Adds the next times to a schedule. */
export function withTimes(schedule: Schedule, now: Date): TimedSchedule {
  const { trigger, createdAt } = schedule;
  const next = nextTimes(trigger, { after: now, createdAt, count: TIMES });
  return { ...schedule, next, canTellTimes: canTellTimes(trigger), now };
}

/** The next times of a schedule that is created now. */
export function timesFrom(trigger: ScheduleTrigger, now: Date): readonly Temporal.ZonedDateTime[] {
  return nextTimes(trigger, { after: now, createdAt: now, count: TIMES });
}
