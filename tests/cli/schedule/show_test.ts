import { withTimes } from "../../../src/app/runs/schedules.ts";
import { match } from "node:assert/strict";
import type { Schedule, ScheduleTrigger } from "../../../src/azureml/schedules/schedules.ts";
import { renderSchedule, renderSchedules } from "../../../src/cli/commands/schedule.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const NIGHTLY = { triggerType: "Cron", expression: "0 2 * * *", timeZone: "UTC" };

/** Triggers, and how a list and a single schedule show their next times. */
const CASES: readonly (readonly [what: string, trigger: ScheduleTrigger, list: RegExp, alone: RegExp])[] = [
  [
    "the next times of an enabled schedule",
    NIGHTLY,
    /next Thu 2026-01-01 02:00 UTC/,
    /Next times:\n {2}Thu /,
  ],
  [
    "that a schedule has ended",
    { ...NIGHTLY, endTime: "2025-01-01T00:00:00" },
    /never again/,
    /It does not run again/,
  ],
  [
    "an unknown next time for an unknown time zone",
    { ...NIGHTLY, timeZone: "Middle Earth" },
    /next time unknown/,
    /Azure ML decides when it runs next\n/,
  ],
  [
    "an unknown next time for an invalid expression",
    { ...NIGHTLY, expression: "@daily" },
    /next time unknown/,
    /Azure ML decides when it runs next\n/,
  ],
  [
    "an unknown next time for an unknown frequency",
    { triggerType: "Recurrence", frequency: "Lunar" },
    /next time unknown/,
    /Azure ML decides when it runs next\n/,
  ],
];

for (const [what, trigger, list, alone] of CASES) {
  Deno.test(`renderSchedules() and renderSchedule() show ${what}`, () => {
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
