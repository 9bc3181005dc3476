import { canTellTimes, nextTimes } from "../../azureml/service/schedules/next_times.ts";
import type { Schedule, ScheduleTrigger } from "../../azureml/service/schedules/schedule.ts";
import type { SchedulesOptions } from "../../app/schedule/target.ts";
import { isoText, untilText, zonedText } from "../text/times.ts";

/** What is typed for a command that manages one schedule. */
export interface ScheduleTyped extends SchedulesOptions {
  /** Its name in Azure ML. */
  readonly args: { readonly schedule: string };
}

/** Number of upcoming times that are shown. */
export const TIMES = 5;

/** Describes when a schedule fires, in a few words. */
export function triggerText(trigger: ScheduleTrigger): string {
  const { triggerType, expression, frequency, interval, timeZone } = trigger;
  const zone = timeZone ?? "UTC";
  if (triggerType === "Cron") return `cron ${expression}, ${zone}`;
  const unit = frequency!.toLowerCase();
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

/** The next times at which a schedule fires. */
export function timesOf(
  { trigger, createdAt }: Schedule,
  now: Date,
  count: number,
): Temporal.ZonedDateTime[] {
  return nextTimes(trigger, { after: now, createdAt, count });
}

/** Renders the next times of a schedule, one per line. */
export function nextText(schedule: Schedule, now: Date): string {
  const times = timesOf(schedule, now, TIMES);
  if (times.length === 0) {
    return canTellTimes(schedule.trigger)
      ? "It does not fire again\n"
      : "Azure ML decides when it fires next\n";
  }
  const lines = times.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join("");
  return `${schedule.isEnabled ? "Next times:" : "Next times once resumed:"}\n${lines}`;
}

/** A schedule for `--json`. */
export function scheduleData(schedule: Schedule, now: Date): unknown {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  return {
    schedule: name,
    displayName,
    description,
    isEnabled,
    trigger,
    experimentName: job?.experimentName,
    next: timesOf(schedule, now, TIMES).map(isoText),
  };
}
