import { withoutIgnored } from "../../azureml/service/schedules/cron_syntax.ts";
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

/** The next times of a schedule (default: of one that is created now). */
export function timesFrom(
  trigger: ScheduleTrigger,
  now: Date,
  createdAt = now,
): readonly Temporal.ZonedDateTime[] {
  return nextTimes(trigger, { after: now, createdAt, count: TIMES });
}

/** Describes when a schedule fires, in a few words. */
export function triggerText(trigger: ScheduleTrigger): string {
  const { triggerType, expression, frequency, interval, timeZone } = trigger;
  const zone = timeZone ?? "UTC";
  if (triggerType === "Cron") {
    const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(withoutIgnored(expression ?? ""));
    const cron = `cron ${expression}`;
    if (daily === null) return `${cron}, ${zone}`;
    return `daily at ${daily[2]!.padStart(2, "0")}:${daily[1]!.padStart(2, "0")}, ${zone} (${cron})`;
  }
  const unit = (frequency ?? triggerType).toLowerCase();
  return `every ${interval === 1 ? unit : `${interval} ${unit}s`}${patternText(trigger)}, ${zone}`;
}

function patternText({ schedule }: ScheduleTrigger): string {
  const { hours = [], minutes = [], weekDays, monthDays } = schedule ?? {};
  const two = (number: number) => String(number).padStart(2, "0");
  const times = hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`));
  return [
    ...(weekDays?.length ? [` on ${weekDays.join(", ")}`] : []),
    ...(monthDays?.length ? [` on day ${monthDays.join(", ")}`] : []),
    ...(times.length > 0 ? [` at ${times.join(", ")}`] : []),
  ].join("");
}
