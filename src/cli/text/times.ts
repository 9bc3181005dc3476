import { durationText } from "./units.ts";

/** A time as people say it where it is meant, such as `Monday 2 February 2026, 02:00 CET`. */
export function zonedText(time: Temporal.ZonedDateTime): string {
  const of = (options: Intl.DateTimeFormatOptions, type: keyof Intl.DateTimeFormatPartTypesRegistry) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: time.timeZoneId })
      .formatToParts(time.epochMilliseconds).find((part) => part.type === type)!.value;
  const weekday = of({ weekday: "long" }, "weekday");
  const month = of({ month: "long" }, "month");
  const zone = of({ timeZoneName: "short", hour: "numeric" }, "timeZoneName");
  const clock = `${String(time.hour).padStart(2, "0")}:${String(time.minute).padStart(2, "0")}`;
  return `${weekday} ${time.day} ${month} ${time.year}, ${clock} ${zone}`;
}

/** How long it is until a time, such as `in 3 h 20 min`. */
export function untilText(time: Temporal.ZonedDateTime, now: Date): string {
  const ms = time.epochMilliseconds - now.getTime();
  const days = Math.floor(ms / 86_400_000);
  const minutes = Math.round(ms / 60_000);
  return days >= 2 ? `in ${days} days` : `in ${durationText(minutes < 1 ? ms : minutes * 60_000)}`;
}

/** A time in ISO 8601 with its offset, for scripts. */
export function isoText(time: Temporal.ZonedDateTime): string {
  return time.toString({ timeZoneName: "never", fractionalSecondDigits: 0 });
}
