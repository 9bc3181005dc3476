import "temporal-polyfill/global";
import { ianaZone } from "./time_zones.ts";

/** Whether a time says how far it is from UTC. */
function hasOffset(time: string): boolean {
  return /\d(?:Z|[+-]\d\d:?\d\d)$/i.test(time);
}

/**
 * A start or end as Azure ML takes it: ISO 8601 without an offset, meant in the schedule's time zone. A time with an
 * offset is converted to the clock of that zone; Azure would ignore the offset.
 *
 * @param zone Windows or IANA name.
 * @throws {RangeError} for a time or zone that does not exist; `checkTrigger()` finds both.
 */
export function localTime(time: string, zone: string): string {
  if (!hasOffset(time)) return time;
  return Temporal.Instant.from(time).toZonedDateTimeISO(ianaZone(zone)!).toPlainDateTime()
    .toString({ smallestUnit: "second" });
}
