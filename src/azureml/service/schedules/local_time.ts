import "temporal-polyfill/global";
import { ianaZone } from "./time_zones.ts";

/** Whether a time includes an offset from UTC. */
function hasOffset(time: string): boolean {
  return /\d(?:Z|[+-]\d\d:?\d\d)$/i.test(time);
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
