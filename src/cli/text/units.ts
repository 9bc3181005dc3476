import { durationText } from "../../core/text/duration.ts";
import { countText } from "../../core/text/numbers.ts";

/** Formats a number of bytes, such as `1.5 MiB`. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Formats a time in its own zone, such as `Mon 2026-02-02 02:00 CET`. */
export function zonedText(time: Temporal.ZonedDateTime): string {
  const part = (options: Intl.DateTimeFormatOptions, type: keyof Intl.DateTimeFormatPartTypesRegistry) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone: time.timeZoneId })
      .formatToParts(time.epochMilliseconds).find((each) => each.type === type)!.value;
  const zone = part({ timeZoneName: "short", hour: "numeric" }, "timeZoneName");
  const clock = time.toPlainTime().toString({ smallestUnit: "minute" });
  return `${part({ weekday: "short" }, "weekday")} ${time.toPlainDate()} ${clock} ${zone}`;
}

/** Formats a moment in UTC, such as `2026-01-02 03:04 UTC`. */
export function utcText(time: Date | string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Formats the time since then in its largest unit, such as `3 hours ago`. */
export function agoText(time: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - time.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${countText(minutes, "minute")} ago`;
  if (minutes < 48 * 60) return `${countText(Math.floor(minutes / 60), "hour")} ago`;
  return `${countText(Math.floor(minutes / (24 * 60)), "day")} ago`;
}

/** Formats the time left until then, such as `in 3 h 20 min`. */
export function untilText(time: Temporal.ZonedDateTime, now: Date): string {
  const ms = time.epochMilliseconds - now.getTime();
  const days = Math.floor(ms / 86_400_000);
  const minutes = Math.round(ms / 60_000);
  if (ms <= 0) return "now";
  return days >= 2 ? `in ${days} days` : `in ${durationText(minutes < 1 ? ms : minutes * 60_000)}`;
}

/** Formats a time in ISO 8601 with its offset, for scripts. */
export function isoText(time: Temporal.ZonedDateTime): string {
  return time.toString({ timeZoneName: "never", fractionalSecondDigits: 0 });
}
