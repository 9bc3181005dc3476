import "temporal-polyfill/global";
import { Cron } from "croner";
import { RRuleTemporal } from "rrule-temporal";
import { cronProblem, plainCron } from "./cron.ts";
import { ianaZone, timeIn } from "./time_zones.ts";
import type { ScheduleTrigger } from "./schedules.ts";

/**
 * Computes when a schedule fires next, in its own time zone, so that daylight saving time does not shift the local
 * hour.
 *
 * Returns fewer times than requested if the schedule ends, and none for an unknown time zone or expression.
 */
export function nextTimes(trigger: ScheduleTrigger, options: {
  readonly after: Date;
  /** When the schedule was created: when a recurrence that names no start fires first, and from when it counts. */
  readonly createdAt: Date;
  readonly count: number;
}): Temporal.ZonedDateTime[] {
  const zone = ianaZone(trigger.timeZone ?? "UTC");
  if (zone === undefined) return [];
  const [after, created] = [options.after, options.createdAt].map((date) =>
    Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone)
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  const start = timeIn(zone, trigger.startTime);
  const end = timeIn(zone, trigger.endTime);
  // A schedule may fire exactly at its start.
  const from = start === undefined || isBefore(start, after) ? after : start.subtract({ milliseconds: 1 });
  const times: Temporal.ZonedDateTime[] = [];
  try {
    const all = trigger.triggerType === "Cron"
      ? cronTimes(trigger, from)
      : recurrenceTimes(trigger, from, start ?? created);
    for (const time of all) {
      if (times.length === options.count || end !== undefined && isBefore(end, time)) break;
      times.push(time);
    }
  } catch {
    // A trigger that Azure accepts but this program cannot read has no predictable times.
  }
  return times;
}

/** Whether {@linkcode nextTimes} can compute a schedule's times; if so, an empty result means that it has ended. */
export function canTellTimes({ triggerType, expression, frequency, timeZone }: ScheduleTrigger): boolean {
  if (ianaZone(timeZone ?? "UTC") === undefined) return false;
  return triggerType === "Cron"
    ? cronProblem(expression ?? "") === undefined
    : Object.hasOwn(RULES, frequency?.toLowerCase() ?? "");
}

function* cronTimes({ expression }: ScheduleTrigger, from: Temporal.ZonedDateTime) {
  const zone = from.timeZoneId;
  const cron = new Cron(plainCron(expression!), { timezone: zone, mode: "5-part" });
  let next = cron.nextRun(new Date(from.epochMilliseconds));
  for (; next !== null; next = cron.nextRun(next)) {
    yield Temporal.Instant.fromEpochMilliseconds(next.getTime()).toZonedDateTimeISO(zone);
  }
}

const RULES = {
  minute: "MINUTELY",
  hour: "HOURLY",
  day: "DAILY",
  week: "WEEKLY",
  month: "MONTHLY",
} as const;

function* recurrenceTimes(
  { frequency, interval, schedule, startTime }: ScheduleTrigger,
  from: Temporal.ZonedDateTime,
  first: Temporal.ZonedDateTime,
) {
  const freq = RULES[frequency!.toLowerCase() as keyof typeof RULES];
  const { hours, minutes, weekDays, monthDays } = schedule ?? {};
  const rule = new RRuleTemporal({
    freq,
    interval: interval ?? 1,
    tzid: first.timeZoneId,
    // With a pattern, only the day of the start counts, not its hour; times before the start are skipped.
    dtstart: hours?.length || minutes?.length ? first.startOfDay() : first,
    ...(hours?.length && { byHour: [...hours] }),
    ...(minutes?.length && { byMinute: [...minutes] }),
    ...(weekDays?.length && { byDay: weekDays.map((day) => day.slice(0, 2).toUpperCase()) }),
    ...(monthDays?.length && { byMonthDay: [...monthDays] }),
  });
  // Without a start, it fires at its creation, whatever its pattern; see `checkStart()`.
  if (!startTime && !isBefore(first, from)) yield first;
  for (let next = rule.next(from); next !== null; next = rule.next(next)) yield next;
}

function isBefore(one: Temporal.ZonedDateTime, other: Temporal.ZonedDateTime): boolean {
  return one.epochNanoseconds < other.epochNanoseconds;
}
