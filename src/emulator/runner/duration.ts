const DURATION =
  /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000];

/**
 * Converts a step's time limit to milliseconds: an ISO 8601 duration such as `PT1H30M`, or a number of seconds;
 * `undefined` for anything else.
 */
export function durationMs(limit: string | number | null | undefined): number | undefined {
  if (typeof limit === "number") return limit * 1000;
  const parts = DURATION.exec(limit ?? "");
  if (parts !== null) {
    return parts.slice(1).reduce((sum, part, at) => sum + Number(part ?? 0) * UNITS_MS[at]!, 0);
  }
  return /^\d+$/.test(limit ?? "") ? Number(limit) * 1000 : undefined;
}
