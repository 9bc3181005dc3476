import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { toTriggerRest } from "../../../src/azureml/schedules/schedules.ts";

const WINDOW = { start_time: null, end_time: null, time_zone: "UTC" };

const zones: readonly (readonly [string, string])[] = [
  ["UTC", "UTC"],
  ["Etc/UTC", "UTC"],
  ["Europe/Paris", "Romance Standard Time"],
  ["Europe/Kyiv", "FLE Standard Time"],
  ["Asia/Kolkata", "India Standard Time"],
  ["US/Eastern", "Eastern Standard Time"],
  ["w. europe standard time", "W. Europe Standard Time"],
  ["Russia Time Zone 3", "Russia Time Zone 3"],
];

for (const [written, sent] of zones) {
  Deno.test(`toTriggerRest() sends time zone "${written}" as "${sent}"`, () => {
    const cron = { ...WINDOW, expression: "0 2 * * *", time_zone: written };
    strictEqual(toTriggerRest({ cron, recurrence: null }).timeZone, sent);
  });
}

const times: readonly (readonly [string, string, string])[] = [
  ["2026-01-05T08:00:00", "Europe/Paris", "2026-01-05T08:00:00"],
  ["2026-01-05 08:00", "Europe/Paris", "2026-01-05 08:00"],
  ["2026-01-05T08:00:00Z", "Europe/Paris", "2026-01-05T09:00:00"],
  ["2026-07-05T08:00:00Z", "Romance Standard Time", "2026-07-05T10:00:00"],
  ["2026-01-05T00:30:00+02:00", "UTC", "2026-01-04T22:30:00"],
  ["2026-01-05T08:00:00.5-0500", "Eastern Standard Time", "2026-01-05T08:00:00"],
];

for (const [written, zone, sent] of times) {
  Deno.test(`toTriggerRest() sends ${written} in ${zone} as ${sent}`, () => {
    const cron = {
      ...WINDOW,
      expression: "0 2 * * *",
      start_time: written,
      end_time: written,
      time_zone: zone,
    };
    const { startTime, endTime } = toTriggerRest({ cron, recurrence: null });
    deepStrictEqual([startTime, endTime], [sent, sent]);
  });
}
