import { deepEqual, deepStrictEqual, match } from "node:assert/strict";
import { checkEffects, checkTrigger } from "../../../src/azureml/schedules/from_config.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import type { ScheduleConfig } from "../../../src/config/schema.ts";

type CronConfig = NonNullable<ScheduleConfig["cron"]>;
type RecurrenceConfig = NonNullable<ScheduleConfig["recurrence"]>;

const CRON: CronConfig = { expression: "0 2 * * *", start_time: null, end_time: null, time_zone: "UTC" };
const NOW = new Date("2026-06-15T12:00:00Z");
const PATTERN = { hours: [1], minutes: [0], week_days: null };
const DAILY: RecurrenceConfig = {
  frequency: "day",
  interval: 1,
  schedule: null,
  start_time: null,
  end_time: null,
  time_zone: "UTC",
};

const crons: readonly [Partial<CronConfig>, readonly string[]][] = [
  [{}, []],
  [{ expression: "*/15 8-18 * * MON-FRI" }, []],
  [{ expression: "0 2 * *" }, ["schedule.cron expression"]],
  [{ expression: "0 2 * * *; rm" }, ["schedule.cron expression"]],
  [{ time_zone: "Europe/Paris" }, []],
  [{ time_zone: "w. europe standard time" }, []],
  [{ time_zone: "Mars/Olympus" }, ["schedule.time_zone time_zone"]],
  [{ time_zone: "Antarctica/Troll" }, ["schedule.time_zone time_zone"]],
  [{ time_zone: "Europe/Kyiv" }, []],
  [{ start_time: "2026-01-05T08:00:00+01:00" }, []],
  [{ start_time: "2026-01-05 08:00" }, []],
  [{ start_time: "2026-01-05" }, ["schedule.start_time start_time"]],
  [{ start_time: "2026-02-30T08:00:00" }, ["schedule.start_time start_time"]],
  [{ start_time: "2026-01-31T24:00:00Z" }, ["schedule.start_time start_time"]],
  [{ start_time: "2026-02-01T00:00" }, []],
  [{ end_time: "2026-02-01T00:00" }, []],
  [{ start_time: "2026-02-01T00:00", end_time: "2026-02-01T00:00" }, ["schedule.end_time end_time"]],
  // A time with an offset and one without, which is in the time zone of the schedule.
  [
    { start_time: "2027-06-01T00:00:00Z", end_time: "2027-06-01T01:00:00", time_zone: "Europe/Berlin" },
    ["schedule.end_time end_time"],
  ],
  [
    { start_time: "2027-06-01T00:00Z", end_time: "2027-06-01T02:01", time_zone: "W. Europe Standard Time" },
    [],
  ],
];

for (const [changed, expected] of crons) {
  const fields = Object.entries(changed).map(([key, value]) => `${key} "${value}"`).join(" and ");
  Deno.test(`checkTrigger() ${verb(expected)} cron with ${fields || "default fields"}`, async (t) => {
    await check(t, { cron: { ...CRON, ...changed }, recurrence: null }, expected);
  });
}

const recurrences: readonly [what: string, Partial<RecurrenceConfig>, readonly string[]][] = [
  ["default fields", {}, []],
  ["frequency Week", { frequency: "Week" }, []],
  ["frequency fortnight", { frequency: "fortnight" }, ["schedule.frequency frequency"]],
  ["interval 0", { interval: 0 }, ["schedule.interval interval"]],
  ["hours and minutes", { schedule: PATTERN }, []],
  ["days of the week in any case", { schedule: { ...PATTERN, week_days: ["Monday", "friday"] } }, []],
  [
    "a misspelled day of the week",
    { schedule: { ...PATTERN, week_days: ["Moonday"] } },
    ["schedule.week_day schedule.week_days"],
  ],
  ["hours but no minutes", { schedule: { ...PATTERN, minutes: null } }, ["schedule.minutes schedule"]],
  ["hour 24", { schedule: { ...PATTERN, hours: [24] } }, ["schedule.hours schedule.hours"]],
];

for (const [what, changed, expected] of recurrences) {
  Deno.test(`checkTrigger() ${verb(expected)} recurrence with ${what}`, async (t) => {
    await check(t, { cron: null, recurrence: { ...DAILY, ...changed } }, expected);
  });
}

const MONTHLY = "Use a recurrence with `frequency: month` for each day, whose `start_time` is on that day";
const YEARLY =
  "Use a recurrence with `frequency: month` and `interval: 12` for each day, whose `start_time` is on that day";
const NO_MONTHS =
  "Azure ML has no schedule for some months only: leave out the month, and check it in the job's code";
const effects = [
  ["0 2 * * 1-5", undefined, ""],
  ["  0\t2 * * *  ", undefined, ""],
  ["0 2 L * *", undefined, ""],
  [
    "0 2 1 * *",
    "0 2 * * *",
    'Use `recurrence: {frequency: month, interval: 1, start_time: "2026-01-01T02:00:00"}`',
  ],
  [
    "5 14 9 11 *",
    "5 14 * * *",
    'Use `recurrence: {frequency: month, interval: 12, start_time: "2026-11-09T14:05:00"}`',
  ],
  ["0 2 1 jan,jul *", "0 2 * * *", YEARLY],
  ["0 2 1,15 * *", "0 2 * * *", MONTHLY],
  ["0 2 1 * MON", "0 2 * * MON", MONTHLY],
  ["*/5 2 * jan-mar MON", "*/5 2 * * MON", NO_MONTHS],
  ["0 2 * 6 *", "0 2 * * *", NO_MONTHS],
  ["0 2 */1 1-12 *", undefined, ""],
] as const;

for (const [expression, read, hint] of effects) {
  const what = read === undefined ? "accepts" : "warns about days or months in";
  Deno.test(`checkEffects() ${what} cron expression "${expression}"`, () => {
    const found = checkEffects({ cron: { ...CRON, expression }, recurrence: null }, ["at"], NOW);
    deepEqual(
      found,
      read === undefined ? [] : [{
        severity: "warning",
        code: "schedule.day_ignored",
        path: ["at", "cron", "expression"],
        problem:
          `Azure ML reads "${expression}" as "${read}", because it ignores the day of the month and the month`,
        hint,
      }],
    );
  });
}

Deno.test("checkEffects() suggests a recurrence in the time zone of the cron", () => {
  const cron = { ...CRON, expression: "0 2 1 * *", time_zone: "Europe/Paris" };
  const [found] = checkEffects({ cron, recurrence: null }, [], NOW);
  match(found!.hint, /start_time: "2026-01-01T02:00:00", time_zone: "Europe\/Paris"}`$/);
});

Deno.test("checkEffects() notes that a recurrence without a start time runs at once", () => {
  const found = (start_time: string | null) =>
    checkEffects({ cron: null, recurrence: { ...DAILY, start_time } }, ["at"], NOW);
  deepEqual(found("2026-01-01T00:00:00"), []);
  deepEqual(found(null), [{
    severity: "note",
    code: "schedule.starts_at_once",
    path: ["at", "recurrence"],
    problem: "has no start_time, so Azure ML also runs the job as soon as the schedule is created",
    hint: 'Set `start_time`, such as "2026-06-15T00:00:00", to count from that time instead',
  }]);
});

for (
  const [time, zone, hasPassed] of [
    ["2026-06-15T12:00:00", "UTC", true],
    ["2026-06-15T12:00:01", "UTC", false],
    ["2026-06-15T14:00:00", "Europe/Paris", true],
    ["2026-06-15T13:30:00Z", "Europe/Paris", false],
  ] as const
) {
  Deno.test(`checkEffects() at 12:00 UTC ${hasPassed ? "warns about" : "accepts"} end_time ${time} in ${zone}`, () => {
    const window = { end_time: time, time_zone: zone };
    for (
      const [key, config] of [
        ["cron", { cron: { ...CRON, ...window }, recurrence: null }],
        ["recurrence", {
          cron: null,
          recurrence: { ...DAILY, start_time: "2026-01-01T00:00:00", ...window },
        }],
      ] as const
    ) {
      deepEqual(
        checkEffects(config, ["at"], NOW),
        !hasPassed ? [] : [{
          severity: "warning",
          code: "schedule.ended",
          path: ["at", key, "end_time"],
          problem: `"${time}" has passed, so the schedule does not run`,
          hint: "Set a later time, or remove the schedule",
        }],
      );
    }
  });
}

function verb(problems: readonly string[]): string {
  return problems.length === 0 ? "accepts a" : "rejects a";
}

async function check(
  t: Deno.TestContext,
  config: Parameters<typeof checkTrigger>[0],
  expected: readonly string[],
): Promise<void> {
  const found = checkTrigger(config, []);
  deepStrictEqual(found.map(({ code, path }) => `${code} ${path.slice(1).join(".")}`), expected);
  if (found.length > 0) await assertTranscript(t, Deno.inspect(found, { depth: 5 }), import.meta.url);
}
