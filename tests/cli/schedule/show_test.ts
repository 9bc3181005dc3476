import { withTimes } from "../../../src/app/runs/schedules.ts";
import { deepEqual, equal, match } from "node:assert/strict";
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

const FULL: Schedule = {
  name: "main-nightly",
  displayName: "Main",
  description: "Trains the model",
  isEnabled: true,
  trigger: {
    ...NIGHTLY,
    timeZone: "W. Europe Standard Time",
    startTime: "2025-12-31T00:00:00",
    endTime: "2026-01-03T00:00:00",
  },
  job: { displayName: "Nightly", experimentName: "exp" } as NonNullable<Schedule["job"]>,
  createdAt: NOW,
};

Deno.test("renderSchedule() prints all that is known of a schedule, and the next times in its zone", () => {
  const { data, text } = renderSchedule(withTimes(FULL, NOW));
  equal(
    text,
    `schedule     main-nightly
state        enabled
runs         daily at 02:00, W. Europe Standard Time (cron 0 2 * * *)
from         2025-12-31T00:00:00
until        2026-01-03T00:00:00
job          Nightly
experiment   exp
description  Trains the model
Next times:
  Thu 2026-01-01 02:00 CET, in 1 h
  Fri 2026-01-02 02:00 CET, in 1 day 1 h
`,
  );
  deepEqual(data, {
    schedule: "main-nightly",
    ...{ displayName: "Main", description: "Trains the model", isEnabled: true, trigger: FULL.trigger },
    experimentName: "exp",
    next: ["2026-01-01T02:00:00+01:00", "2026-01-02T02:00:00+01:00"],
  });
});
