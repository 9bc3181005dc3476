import type { TimedSchedule } from "../../app/schedule/times.ts";
import type { ScheduleTrigger } from "../../azureml/service/schedules/schedule.ts";
import type { SchedulesOptions } from "../../app/schedule/target.ts";
import { isoText, untilText, zonedText } from "../text/units.ts";

/** What is typed for a command that manages one schedule. */
export interface ScheduleTyped extends SchedulesOptions {
  /** Its name in Azure ML. */
  readonly args: { readonly schedule: string };
}

/** Describes when a schedule fires, in a few words. */
export function triggerText(trigger: ScheduleTrigger): string {
  const { triggerType, expression, frequency, interval, timeZone } = trigger;
  const zone = timeZone ?? "UTC";
  if (triggerType === "Cron") {
    const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(expression ?? "");
    const cron = `cron ${expression}`;
    if (daily === null) return `${cron}, ${zone}`;
    return `daily at ${daily[2]!.padStart(2, "0")}:${daily[1]!.padStart(2, "0")}, ${zone} (${cron})`;
  }
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

/** Renders the next times of a schedule, one per line. */
export function nextText({ next, now, isEnabled, canTellTimes }: TimedSchedule): string {
  if (next.length === 0) {
    return canTellTimes ? "It does not run again\n" : "Azure ML decides when it runs next\n";
  }
  const lines = next.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join("");
  return `${isEnabled ? "Next times:" : "Next times once resumed:"}\n${lines}`;
}

/** A schedule for `--json`. */
export function scheduleData(schedule: TimedSchedule): Readonly<Record<string, unknown>> {
  const { name, displayName, description, isEnabled, trigger, job, next } = schedule;
  return {
    schedule: name,
    displayName,
    description,
    isEnabled,
    trigger,
    experimentName: job?.experimentName,
    next: next.map(isoText),
  };
}

/** The one schedule that a command manages. */
export function withName<T extends ScheduleTyped>({ args: { schedule: name }, ...typed }: T) {
  return { ...typed, name };
}
