import "temporal-polyfill/global";
import { findWindows, WINDOWS_TO_IANA_MAP } from "windows-iana";

/**
 * The IANA name of a time zone given by its Windows name, which Azure ML documents for a schedule's `timeZone`, or by
 * an IANA name. `undefined` for an unknown zone.
 */
export function ianaZone(name: string): string | undefined {
  const entry = windowsEntry(name);
  if (entry !== undefined) return entry.iana[0];
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * The Windows name of a time zone given by its Windows or IANA name; Azure ML only documents Windows names.
 *
 * `undefined` for an unknown zone, and for the few without a Windows name, such as `Antarctica/Troll`.
 *
 * @see `TriggerBase.timeZone` in Azure's specification, and `TimeZone` of azure-ai-ml 1.35.
 */
export function windowsZone(name: string): string | undefined {
  const entry = windowsEntry(name);
  if (entry !== undefined) return entry.windowsName;
  const canonical = ianaZone(name);
  return canonical === undefined ? undefined : findWindows(name)[0] ?? findWindows(canonical)[0];
}

function windowsEntry(name: string) {
  const lower = name.toLowerCase();
  return WINDOWS_TO_IANA_MAP.find(({ windowsName, territory }) =>
    territory === "001" && windowsName.toLowerCase() === lower
  );
}

function hasOffset(time: string): boolean {
  return /\d(?:Z|[+-]\d\d:?\d\d)$/i.test(time);
}

/** A time of a schedule in its zone, an IANA name; without an offset, it is in that zone. `undefined` if invalid. */
export function timeIn(zone: string, text: string | null | undefined): Temporal.ZonedDateTime | undefined {
  if (!text) return undefined;
  try {
    return hasOffset(text)
      ? Temporal.Instant.from(text).toZonedDateTimeISO(zone)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(zone);
  } catch {
    return undefined;
  }
}

/**
 * Converts a start or end time to Azure ML's form: ISO 8601 without an offset, in the schedule's time zone. A time
 * with an offset is converted to that zone, because Azure would ignore the offset.
 *
 * @param zone Windows or IANA name.
 * @throws {RangeError} for a time or zone that does not exist; `checkTrigger()` reports both.
 */
export function localTime(time: string, zone: string): string {
  if (!hasOffset(time)) return time;
  return Temporal.Instant.from(time).toZonedDateTimeISO(ianaZone(zone)!).toPlainDateTime()
    .toString({ smallestUnit: "second" });
}
