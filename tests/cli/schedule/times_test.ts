import { deepEqual, equal } from "node:assert/strict";
import { timesFrom, triggerText, withTimes } from "../../../src/app/runs/schedules.ts";
import type { Schedule, ScheduleTrigger } from "../../../src/azureml/schedules/schedules.ts";

const DAILY = { hours: [6, 18], minutes: [0, 30] };

for (
  const [trigger, text] of [
    [{ triggerType: "Cron", expression: "5 2 * * *" }, "daily at 02:05, UTC (cron 5 2 * * *)"],
    [{ triggerType: "Cron", expression: "5 2 * * 1", timeZone: "CET" }, "cron 5 2 * * 1, CET"],
    [{ triggerType: "Recurrence", frequency: "Hour", interval: 1 }, "every hour, UTC"],
    [{ triggerType: "Recurrence", frequency: "Day", interval: 2 }, "every 2 days, UTC"],
    [
      { triggerType: "Recurrence", frequency: "Day", interval: 1, timeZone: "CET", schedule: DAILY },
      "every day at 06:00, 06:30, 18:00, 18:30, CET",
    ],
    [
      {
        ...{ triggerType: "Recurrence", frequency: "Week", interval: 1 },
        schedule: { hours: [9], minutes: [5], weekDays: ["Monday", "Friday"] },
      },
      "every week on Monday, Friday at 09:05, UTC",
    ],
    [
      {
        ...{ triggerType: "Recurrence", frequency: "Month", interval: 3 },
        schedule: { hours: [9], minutes: [5], monthDays: [1, 15] },
      },
      "every 3 months on day 1, 15 at 09:05, UTC",
    ],
  ] as const
) {
  Deno.test(`schedule list describes a trigger as "${text}"`, () => {
    equal(triggerText(trigger as unknown as ScheduleTrigger), text);
  });
}

const NOW = new Date("2026-01-02T03:04:05Z");

const shown = (times: readonly Temporal.ZonedDateTime[]) => times.map((time) => time.toInstant().toString());

Deno.test("schedule list counts days from the creation of a schedule", () => {
  const trigger = { triggerType: "Recurrence", frequency: "Day", interval: 2 } as unknown as ScheduleTrigger;
  const createdAt = new Date("2026-01-01T02:00:00Z");
  const schedule = { name: "nightly", trigger, createdAt } as unknown as Schedule;
  const { next, canTellTimes, now, name } = withTimes(schedule, NOW);
  deepEqual([name, canTellTimes, now], ["nightly", true, NOW]);
  deepEqual(shown(next), [3, 5, 7, 9, 11].map((day) => `2026-01-${String(day).padStart(2, "0")}T02:00:00Z`));
  deepEqual(shown(timesFrom(trigger, NOW, createdAt).next), shown(next));
});
