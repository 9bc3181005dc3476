import { deepEqual } from "node:assert/strict";
import { canTellTimes, nextTimes } from "../../../src/azureml/schedules/next_times.ts";
import type { ScheduleTrigger } from "../../../src/azureml/schedules/schedules.ts";

const cron = (expression: string, timeZone = "UTC"): ScheduleTrigger => ({
  triggerType: "Cron",
  expression,
  timeZone,
});
const every = (
  frequency: string,
  interval: number,
  rest: Partial<ScheduleTrigger> = {},
): ScheduleTrigger => ({
  triggerType: "Recurrence",
  frequency,
  interval,
  timeZone: "UTC",
  ...rest,
});

/** A trigger, a start time, and the next times after it. */
const CASES:
  readonly (readonly [what: string, trigger: ScheduleTrigger, after: string, times: readonly string[]])[] = [
    [
      "returns 03:00 for a time skipped by daylight saving time",
      cron("30 2 * * *", "Europe/Paris"),
      "2026-03-28T12:00:00Z",
      ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
    ],
    [
      "returns a time repeated by daylight saving time once",
      cron("30 2 * * *", "Europe/Paris"),
      "2026-10-24T12:00:00Z",
      ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
    ],
    ["reads a Windows time zone", cron("0 2 * * *", "Romance Standard Time"), "2026-07-01T00:30:00Z", [
      "2026-07-02T02:00:00+02:00",
    ]],
    [
      "ignores days and months of a cron expression",
      cron("0 0 13 2 5"),
      "2026-01-01T00:00:00Z",
      ["2026-01-02T00:00:00+00:00", "2026-01-09T00:00:00+00:00"],
    ],
    ["reads minute 40/10 as 40 and 50", cron("40/10 0 * * *"), "2026-01-01T12:00:00Z", [
      "2026-01-02T00:40:00+00:00",
      "2026-01-02T00:50:00+00:00",
      "2026-01-03T00:40:00+00:00",
    ]],
    [
      "starts at a future start time in the time zone of the schedule",
      {
        ...cron("0 2 * * *", "Asia/Tokyo"),
        startTime: "2026-06-01T02:00:00",
      },
      "2026-01-01T00:00:00Z",
      ["2026-06-01T02:00:00+09:00", "2026-06-02T02:00:00+09:00"],
    ],
    [
      "returns no times after the end time",
      { ...cron("0 2 * * *"), endTime: "2026-01-03T02:00:00" },
      "2026-01-01T12:00:00Z",
      ["2026-01-02T02:00:00+00:00", "2026-01-03T02:00:00+00:00"],
    ],
    [
      "counts a recurrence without a start time from the creation of the schedule",
      every("hour", 6),
      "2026-01-02T00:00:00Z",
      ["2026-01-02T03:04:05+00:00", "2026-01-02T09:04:05+00:00"],
    ],
    [
      "runs a recurrence without a start time at its creation",
      every("day", 1, { schedule: { hours: [6], minutes: [0] } }),
      "2026-01-01T03:04:05Z",
      ["2026-01-01T03:04:05+00:00", "2026-01-01T06:00:00+00:00", "2026-01-02T06:00:00+00:00"],
    ],
    [
      "keeps the local time of a daily recurrence across daylight saving time",
      every("day", 1, {
        timeZone: "America/New_York",
        startTime: "2026-03-06T08:00:00",
      }),
      "2026-03-07T00:00:00Z",
      ["2026-03-07T08:00:00-05:00", "2026-03-08T08:00:00-04:00"],
    ],
    [
      "returns both times on both days of every other week",
      every("Week", 2, {
        startTime: "2026-01-05T00:00:00",
        schedule: { hours: [6, 18], minutes: [30], weekDays: ["Monday", "Friday"] },
      }),
      "2026-01-09T12:00:00Z",
      ["2026-01-09T18:30:00+00:00", "2026-01-19T06:30:00+00:00", "2026-01-19T18:30:00+00:00"],
    ],
    [
      "skips months without the day of a monthly recurrence",
      every("month", 1, {
        startTime: "2026-01-01T00:00:00",
        schedule: { hours: [1], minutes: [0], monthDays: [31] },
      }),
      "2026-02-01T00:00:00Z",
      ["2026-03-31T01:00:00+00:00", "2026-05-31T01:00:00+00:00"],
    ],
  ];

for (const [what, trigger, after, times] of CASES) {
  Deno.test(`nextTimes() ${what}`, () => {
    const found = nextTimes(trigger, {
      after: new Date(after),
      createdAt: new Date("2026-01-01T03:04:05Z"),
      count: Math.max(times.length, 1),
    });
    deepEqual(found.map((time) => time.toString({ timeZoneName: "never" })), times);
  });
}

for (
  const [what, trigger, can] of [
    ["a cron expression", cron("0 2 * * *"), true],
    ["an invalid cron expression", cron("0 2 * *"), false],
    ["a recurrence", every("Day", 1), true],
    ["a recurrence of an unknown frequency", every("fortnight", 1), false],
    ["an unknown time zone", cron("0 2 * * *", "Middle Earth"), false],
  ] as const
) {
  Deno.test(`canTellTimes() returns ${can} for ${what}`, () => deepEqual(canTellTimes(trigger), can));
}
