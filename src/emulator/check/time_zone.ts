import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import * as z from "zod";

const WINDOWS_ZONES: ReadonlySet<string> = new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName));

/** A time zone by its Windows name, as the API specification requires. */
export const timeZone = z.string().refine((name) => WINDOWS_ZONES.has(name), {
  error: ({ input }) => `'${input}' is not the name of a Windows time zone`,
});

/** A start or end time in ISO 8601 without an offset, as the API specification requires. */
export const timeInZone = z.string().refine(
  (text) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text),
  { error: ({ input }) => `'${input}' is not an ISO 8601 time without a UTC offset` },
);
