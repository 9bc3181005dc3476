import { deepEqual, throws } from "node:assert/strict";
import { readSchedules, scheduleNames, schedulesOf } from "../../../src/azureml/schedules/from_config.ts";
import type { FoundJob } from "../../../src/config/jobs.ts";
import { JOB } from "../../fakes/plain_job.ts";

const cron = (expression = "0 2 * * *") => ({
  cron: { expression, start_time: null, end_time: null, time_zone: "UTC" },
  recurrence: null,
});

/** Jobs with these schedules, beside the schedules `nightly` and `weekly`. */
function input(jobs: Readonly<Record<string, Partial<FoundJob>>>, schedules: object = NAMED) {
  return {
    config: { schedules } as never,
    jobs: new Map(Object.entries(jobs).map(([name, job]) => [name, { ...JOB, key: name, ...job }])),
    place: (path: readonly (string | number)[]) => ({ file: path.join(".") }),
  };
}
const NAMED = { nightly: cron(), weekly: cron("0 2 * * 1") };

/** The problems of the schedules of jobs. */
const problemsOf = (...given: Parameters<typeof input>) =>
  readSchedules(input(...given)).problems.map(({ code, problem }) => `${code}: ${problem}`);

for (
  const [what, schedule, names] of [
    ["no schedule", null, []],
    ["a named schedule", "nightly", ["main"]],
    ["a schedule of its own", cron(), ["main"]],
    ["a list of one schedule", ["nightly"], ["main"]],
    ["two named schedules", ["nightly", "weekly"], ["main-nightly", "main-weekly"]],
    ["a named schedule and one of its own", ["nightly", cron()], ["main-nightly", "main-1"]],
  ] as const
) {
  Deno.test(`scheduleNames() returns ${names.join(", ") || "nothing"} for a job with ${what}`, () =>
    deepEqual(scheduleNames("main", { ...JOB, schedule } as never), names));
}

Deno.test("schedulesOf() rejects jobs without a schedule", () => {
  throws(() => schedulesOf(input({ main: {} })), {
    code: "schedule.none",
    message: 'No schedule is defined for job "main"',
    hint: "Set `jobs.main.schedule`, or run it once with `kedro-azureml submit main`",
  });
  throws(() => schedulesOf(input({ "c d": {} })), {
    hint: "Set `jobs.c d.schedule`, or run it once with `kedro-azureml submit 'c d'`",
  });
  throws(() => schedulesOf(input({ "load-eu": { key: "load-{region}" } })), {
    hint: "Set `jobs.load-{region}.schedule`, or run it once with `kedro-azureml submit load-eu`",
    place: { file: "jobs.load-{region}.schedule" },
  });
  throws(() => schedulesOf(input({ a: { schedule: "nightly" }, b: {}, "c d": {} })), {
    message: 'No schedule is defined for jobs "b", "c d"',
  });
});

Deno.test("readSchedules() reports an unknown schedule", () => {
  deepEqual(problemsOf({ main: { schedule: "daily" } }, {}), [
    'schedule.unknown: schedule "daily" not found; no schedules are defined',
  ]);
  deepEqual(problemsOf({ main: { schedule: "constructor" } }), [
    'schedule.unknown: schedule "constructor" not found; defined: nightly, weekly',
  ]);
  deepEqual(problemsOf({ main: { schedule: "nightli" } }), [
    'schedule.unknown: schedule "nightli" not found (did you mean "nightly"?); defined: nightly, weekly',
  ]);
  const rule = 'Azure ML allows at most 255 letters, digits, "-" and "_", starting with a letter or digit';
  deepEqual(problemsOf({ ä: { schedule: "nightly" } }), [
    `schedule.name: its name would be "ä"; ${rule}: rename the job`,
  ]);
  deepEqual(problemsOf({ main: { schedule: ["ö", "nightly"] } }, { ...NAMED, ö: cron() }), [
    `schedule.name: its name would be "main-ö"; ${rule}: rename the schedule`,
  ]);
});

Deno.test("readSchedules() reports a problem of several jobs once", () => {
  const two = input({ a: { schedule: "nightly" }, b: { schedule: "nightly" } }, {
    nightly: cron("0 24 * * *"),
  });
  deepEqual(readSchedules(two).problems, [{
    code: "schedule.cron",
    key: "schedules.nightly.cron.expression",
    problem: 'found "0 24 * * *"; the hour field is "24": "24" is not one of 0 to 23',
    place: { file: "schedules.nightly.cron.expression" },
  }]);
});
