import { withTimes } from "../../../src/app/schedule/times.ts";
import { match } from "node:assert/strict";
import type { Schedule, ScheduleTrigger } from "../../../src/azureml/service/schedules/schedule.ts";
import { renderSchedules } from "../../../src/cli/schedule/list.ts";
import { renderSchedule } from "../../../src/cli/schedule/show.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const NIGHTLY = { triggerType: "Cron", expression: "0 2 * * *", timeZone: "UTC" };

/** Triggers, and what is said of their next times in a list and alone. */
const CASES: readonly (readonly [what: string, trigger: ScheduleTrigger, list: RegExp, alone: RegExp])[] = [
  ["goes on", NIGHTLY, /next Thu 2026-01-01 02:00 UTC/, /Next times:\n {2}Thu /],
  ["is over", { ...NIGHTLY, endTime: "2025-01-01T00:00:00" }, /never again/, /It does not fire again/],
  [
    "has an unknown zone",
    { ...NIGHTLY, timeZone: "Middle Earth" },
    /next time unknown/,
    /Azure ML decides/,
  ],
  [
    "has an unknown expression",
    { ...NIGHTLY, expression: "@daily" },
    /next time unknown/,
    /Azure ML decides/,
  ],
  [
    "recurs in an unknown way",
    { triggerType: "Recurrence", frequency: "Lunar" },
    /next time unknown/,
    /Azure ML decides/,
  ],
];

for (const [what, trigger, list, alone] of CASES) {
  Deno.test(`A schedule that ${what} shows that its times are unknown`, () => {
    const schedule: Schedule = {
      name: "s",
      displayName: undefined,
      description: undefined,
      isEnabled: true,
      trigger,
      job: undefined,
      createdAt: NOW,
    };
    const workspace = { subscription_id: "s", resource_group: "g", name: "w" };
    match(renderSchedules({ schedules: [withTimes(schedule, NOW)], workspace }).text, list);
    match(renderSchedule(withTimes(schedule, NOW)).text, alone);
  });
}
