import { deepStrictEqual } from "node:assert/strict";
import { Temporal as polyfill } from "temporal-polyfill";
import { nextTimes } from "../../../src/azureml/schedules/next_times.ts";
import type { ScheduleTrigger } from "../../../src/azureml/schedules/schedules.ts";
import { localTime } from "../../../src/azureml/schedules/time_zones.ts";

/** Calls a function as in Deno 2.6, where Temporal is behind a flag and the polyfill takes its place. */
function withoutTemporal<T>(use: () => T): T {
  const native = globalThis.Temporal;
  Object.assign(globalThis, { Temporal: polyfill });
  try {
    return use();
  } finally {
    Object.assign(globalThis, { Temporal: native });
  }
}

const OPTIONS = {
  after: new Date("2026-03-28T12:00:00Z"),
  createdAt: new Date("2026-01-01T00:00:00Z"),
  count: 2,
};

const triggers: readonly (readonly [ScheduleTrigger, readonly string[]])[] = [
  [
    { triggerType: "Cron", expression: "0 2 * * *", timeZone: "Eastern Standard Time" },
    ["2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"],
  ],
  [
    {
      triggerType: "Recurrence",
      frequency: "Day",
      interval: 1,
      schedule: { hours: [8], minutes: [30] },
      startTime: "2026-01-01T00:00:00",
      timeZone: "Romance Standard Time",
    },
    // Daylight saving time starts in between.
    ["2026-03-29T06:30:00Z", "2026-03-30T06:30:00Z"],
  ],
  [
    { triggerType: "Recurrence", frequency: "week", interval: 1, timeZone: "UTC" },
    ["2026-04-02T00:00:00Z", "2026-04-09T00:00:00Z"],
  ],
];

for (const [trigger, expected] of triggers) {
  Deno.test(`nextTimes() works for ${trigger.frequency ?? trigger.expression} without Temporal`, () => {
    const times = withoutTemporal(() => nextTimes(trigger, OPTIONS)).map(({ epochMilliseconds }) =>
      new Date(epochMilliseconds).toISOString().replace(".000", "")
    );
    deepStrictEqual(times, expected);
  });
}

Deno.test("localTime() converts UTC without Temporal", () => {
  const local = withoutTemporal(() => localTime("2026-01-05T08:00:00Z", "Europe/Paris"));
  deepStrictEqual(local, "2026-01-05T09:00:00");
});
