import { type ConfigProblem, dotted, type Places, problemsError } from "../../config/azureml_yml.ts";
import type { FoundJob } from "../../config/jobs.ts";
import type { AzureMLConfig, JobConfig, ScheduleConfig } from "../../config/schema.ts";
import { FREQUENCIES, JOB_NAME, JOB_NAME_RULE, WEEK_DAYS } from "../../core/azure_limits.ts";
import { inQuotes, UserError } from "../../core/errors.ts";
import { didYouMean } from "../../core/suggest.ts";
import { shellWord } from "../../core/untrusted.ts";
import { cronProblem, cronValues, withoutIgnored } from "./cron.ts";
import { ianaZone, timeIn, windowsZone } from "./time_zones.ts";
import type { NamedSchedule } from "./schedules.ts";

/** One entry of a job's `schedule`, and its path in azureml.yml. */
interface Entry {
  readonly name: string;
  readonly ref: ScheduleConfig | string;
  readonly path: Path;
}

/**
 * The names of a job's schedules in Azure ML. A single one has the job's name; several are named `<job>-<name>`, or
 * `<job>-<index>` if they are written in the job. Empty for a job without a schedule.
 */
export function scheduleNames(job: string, config: Scheduled): string[] {
  return entriesOf(job, config).map(({ name }) => name);
}

/** The parts of a job that define its schedules. */
type Scheduled = Pick<FoundJob, "schedule" | "key">;

function entriesOf(job: string, { schedule, key }: Scheduled): Entry[] {
  const path = ["jobs", key, "schedule"];
  if (schedule === null) return [];
  if (!isList(schedule)) return [{ name: job, ref: schedule, path }];
  return schedule.map((ref, at) => {
    const suffix = typeof ref === "string" ? ref : String(at);
    return { name: schedule.length === 1 ? job : `${job}-${suffix}`, ref, path: [...path, at] };
  });
}

function isList(
  schedule: NonNullable<JobConfig["schedule"]>,
): schedule is readonly (ScheduleConfig | string)[] {
  return Array.isArray(schedule);
}

interface ScheduleInput {
  readonly config: Pick<AzureMLConfig, "schedules">;
  readonly jobs: ReadonlyMap<string, FoundJob>;
  readonly place: Places;
  /** The time for {@linkcode ReadSchedules.effects} (default: they are not looked for). */
  readonly now?: Date;
}

/**
 * Returns all schedules of jobs, checked.
 *
 * @throws {UserError} `schedule.none` for a job without one, `schedule.config`, which lists every problem and its
 *   place.
 */
export function schedulesOf(input: ScheduleInput): NamedSchedule[] {
  const { jobs, place } = input;
  const without = [...jobs].filter(([job, one]) => entriesOf(job, one).length === 0);
  if (without.length > 0) throw noSchedule(without.map(([job]) => job), without[0]![1].key, place);
  const { schedules, problems } = readSchedules(input);
  if (problems.length > 0) throw refusal(problems);
  return schedules;
}

/** A problem with its dotted key and its place. */
type PlacedProblem = ConfigProblem & Pick<ScheduleProblem, "code">;

/** Reads all schedules of jobs; jobs without one are skipped. */
export function readSchedules({ config, jobs, place, now }: ScheduleInput) {
  const problems: ScheduleProblem[] = [];
  const effects: ScheduleEffect[] = [];
  const schedules: NamedSchedule[] = [];
  for (const [job, { display_name, description, ...rest }] of jobs) {
    for (const entry of entriesOf(job, rest)) {
      const [trigger, path] = resolved(entry, config);
      problems.push(...nameProblems(job, entry, schedules));
      if (trigger === undefined) problems.push(unknown(entry, config));
      else {
        problems.push(...checkTrigger(trigger, path));
        if (now !== undefined) effects.push(...checkEffects(trigger, path, now));
        schedules.push({
          name: entry.name,
          job,
          displayName: display_name || undefined,
          description: description || undefined,
          trigger,
        });
      }
    }
  }
  const placed = <Problem extends ScheduleProblem>(some: readonly Problem[]) =>
    [...new Map(some.map((problem) => [JSON.stringify(problem), problem])).values()]
      .map(({ code, path, ...rest }) => ({ code, key: dotted(path), ...rest, place: place(path) }));
  return { schedules, problems: placed(problems), effects: placed(effects) };
}

function resolved({ ref, path }: Entry, { schedules }: Pick<AzureMLConfig, "schedules">) {
  if (typeof ref !== "string") return [ref, path] as const;
  return [Object.hasOwn(schedules, ref) ? schedules[ref] : undefined, ["schedules", ref]] as const;
}

function unknown({ ref, path }: Entry, { schedules }: Pick<AzureMLConfig, "schedules">): ScheduleProblem {
  const names = Object.keys(schedules);
  if (/^\S+(\s+\S+){4}$/.test(ref as string)) {
    const problem = `"${ref}" is a cron expression; write it as "schedule: {cron: {expression: \"${ref}\"}}"`;
    // schedule.unknown: The job refers to a schedule that azureml.yml lacks. Correct the name, or define it.
    return { code: "schedule.unknown", path, problem };
  }
  const defined = names.length === 0 ? "no schedules are defined" : `defined: ${names.join(", ")}`;
  const problem = `schedule "${ref}" not found${didYouMean(ref as string, names)}; ${defined}`;
  return { code: "schedule.unknown", path, problem };
}

function nameProblems(
  job: string,
  { name, path }: Entry,
  before: readonly NamedSchedule[],
): ScheduleProblem[] {
  const other = before.find((schedule) => schedule.name === name);
  if (other !== undefined) {
    const problem = `its name would be "${name}", which a schedule of job "${other.job}" already has`;
    // schedule.same_name: Two schedules would have the same name. Rename one.
    return [{ code: "schedule.same_name", path, problem }];
  }
  if (JOB_NAME.test(name)) return [];
  const cause = JOB_NAME.test(job) ? "schedule" : "job";
  const problem = `its name would be "${name}"; Azure ML allows ${JOB_NAME_RULE}: rename the ${cause}`;
  // schedule.name: The name of a schedule is not valid. Use letters, digits, `-` and `_`.
  return [{ code: "schedule.name", path, problem }];
}

function noSchedule(without: readonly string[], key: string, place: Places): UserError {
  const [first] = without;
  return new UserError(
    `No schedule is defined for ${without.length === 1 ? "job" : "jobs"} ${inQuotes(without)}`,
    {
      code: "schedule.none",
      hint: `Set \`jobs.${key}.schedule\`, or run it once with \`kedro-azureml submit ${shellWord(first!)}\``,
      place: place(["jobs", key, "schedule"]),
      data: { jobs: without },
    },
  );
}

function refusal(problems: readonly PlacedProblem[]): UserError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  // schedule.config: A schedule in azureml.yml is invalid. Correct the lines that the message lists.
  return problemsError(`The schedules in azureml.yml have ${count}`, "schedule.config", problems);
}

/** Path of a value in azureml.yml. */
type Path = readonly (string | number)[];

interface ScheduleProblem {
  readonly code: string;
  readonly path: Path;
  readonly problem: string;
}

const ISO_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** Finds everything in a schedule that Azure would reject, or would accept but interpret differently. */
export function checkTrigger({ cron, recurrence }: ScheduleConfig, path: Path): ScheduleProblem[] {
  const below = [...path, cron === null ? "recurrence" : "cron"];
  const problems = cron === null ? checkRecurrence(recurrence!, below) : checkCron(cron, below);
  return [...problems, ...checkWindow((cron ?? recurrence)!, below)];
}

/** What Azure ML does with a valid schedule although its keys do not say so. */
interface ScheduleEffect extends ScheduleProblem {
  readonly severity: "warning" | "note";
  readonly hint: string;
}

/** Finds what a valid schedule does unexpectedly at a time. */
export function checkEffects({ cron, recurrence }: ScheduleConfig, path: Path, now: Date): ScheduleEffect[] {
  const below = [...path, cron === null ? "recurrence" : "cron"];
  return [
    ...cron === null ? checkStart(recurrence!, below, now) : checkIgnored(cron, below, now),
    ...checkEnd((cron ?? recurrence)!, below, now),
  ];
}

/** Finds an end that is over: Azure ML keeps such a schedule, but does not run it. */
function checkEnd({ end_time: time, time_zone }: Window, path: Path, now: Date): ScheduleEffect[] {
  const zone = ianaZone(time_zone);
  const end = zone === undefined ? undefined : timeIn(zone, time);
  if (end === undefined || end.epochMilliseconds > now.getTime()) return [];
  return [{
    severity: "warning",
    // schedule.ended: The end of a schedule has passed. Set a later `end_time`, or remove the schedule.
    code: "schedule.ended",
    path: [...path, "end_time"],
    problem: `"${time}" has passed, so the schedule does not run`,
    hint: "Set a later time, or remove the schedule",
  }];
}

type CronConfig = NonNullable<ScheduleConfig["cron"]>;

/** Finds days and months in a cron expression, which Azure ML ignores; see `withoutIgnored()`. */
function checkIgnored(cron: CronConfig, path: Path, now: Date): ScheduleEffect[] {
  const { expression } = cron;
  if (cronProblem(expression) !== undefined) return [];
  const [, , days, months] = cronValues(expression);
  if (days!.length === 31 && months!.length === 12) return [];
  const read = withoutIgnored(expression);
  return [{
    severity: "warning",
    // schedule.day_ignored: Azure ML ignores the day of the month and the month of a cron expression. Use a
    //   recurrence.
    code: "schedule.day_ignored",
    path: [...path, "expression"],
    problem:
      `Azure ML reads "${expression}" as "${read}", because it ignores the day of the month and the month`,
    hint: days!.length === 31
      ? "Azure ML has no schedule for some months only: leave out the month, and check it in the job's code"
      : recurrenceHint(cron, now),
  }];
}

/** What to use in place of a cron expression for some days of the month. */
function recurrenceHint({ expression, time_zone: zone }: CronConfig, now: Date): string {
  const [minutes, hours, days, months, weekDays] = cronValues(expression);
  const everyMonth = months!.length === 12;
  const times = [everyMonth ? [1] : months!, days!, hours!, minutes!];
  const [month, day, hour, minute] = times.map(([first]) => String(first).padStart(2, "0"));
  const start = `${now.getUTCFullYear()}-${month}-${day}T${hour}:${minute}:00`;
  const interval = everyMonth ? "`frequency: month`" : "`frequency: month` and `interval: 12`";
  if (weekDays!.length < 7 || times.some(({ length }) => length > 1) || !isTime(start)) {
    return `Use a recurrence with ${interval} for each day, whose \`start_time\` is on that day`;
  }
  const keys = [
    `frequency: month, interval: ${everyMonth ? 1 : 12}, start_time: "${start}"`,
    ...zone === "UTC" ? [] : [`time_zone: "${zone}"`],
  ].join(", ");
  return `Use \`recurrence: {${keys}}\``;
}

/**
 * Finds a recurrence that starts when it is created.
 *
 * Source: "If start_time is omitted, the first job will run instantly", in
 * https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule, and
 * https://github.com/Azure/azureml-sdk-for-r/issues/429 also with a pattern.
 */
function checkStart({ start_time }: Window, path: Path, now: Date): ScheduleEffect[] {
  if (start_time) return [];
  return [{
    severity: "note",
    // schedule.starts_at_once: A recurrence without `start_time` runs the job as soon as the schedule is
    //   created. Set `start_time`.
    code: "schedule.starts_at_once",
    path,
    problem: "has no start_time, so Azure ML also runs the job as soon as the schedule is created",
    hint: `Set \`start_time\`, such as "${
      now.toISOString().slice(0, 10)
    }T00:00:00", to count from that time instead`,
  }];
}

function checkCron({ expression }: CronConfig, path: Path): ScheduleProblem[] {
  const problem = cronProblem(expression);
  if (problem === undefined) return [];
  return [{
    // schedule.cron: A cron expression is invalid. Correct it.
    code: "schedule.cron",
    path: [...path, "expression"],
    problem: `found "${expression}"; ${problem}`,
  }];
}

function checkRecurrence(config: NonNullable<ScheduleConfig["recurrence"]>, path: Path): ScheduleProblem[] {
  const { frequency, interval, schedule } = config;
  const problems: ScheduleProblem[] = [];
  const say = (code: string, below: Path, problem: string) =>
    problems.push({ code, path: [...path, ...below], problem });
  if (!FREQUENCIES.includes(frequency.toLowerCase())) {
    const allowed = `allowed: ${FREQUENCIES.join(", ")}`;
    say(
      // schedule.frequency: The frequency of a schedule is unknown. Use one of those that the message lists.
      "schedule.frequency",
      ["frequency"],
      `found "${frequency}"${didYouMean(frequency, FREQUENCIES)}; ${allowed}`,
    );
  }
  // schedule.interval: The interval of a schedule is below 1. Correct it.
  if (interval < 1) say("schedule.interval", ["interval"], `found ${interval}; expected 1 or more`);
  if (schedule === null) return problems;
  // schedule.minutes: A minute of a schedule is out of range. Use 0 to 59.
  // schedule.hours: An hour of a schedule is out of range. Use 0 to 23.
  for (const [key, last] of [["hours", 23], ["minutes", 59]] as const) {
    const values = schedule[key];
    if (values === null) say(`schedule.${key}`, ["schedule"], `missing key "${key}", such as ${key}: [0]`);
    const beyond = values?.find((value) => value < 0 || value > last);
    if (beyond !== undefined) {
      say(`schedule.${key}`, ["schedule", key], `found ${beyond}; expected 0 to ${last}`);
    }
  }
  const day = schedule.week_days?.find((name) => !WEEK_DAYS.includes(name.toLowerCase()));
  if (day !== undefined) {
    const allowed = `allowed: ${WEEK_DAYS.join(", ")}`;
    say(
      // schedule.week_day: A day of the week is unknown. Use one of those that the message lists.
      "schedule.week_day",
      ["schedule", "week_days"],
      `found "${day}"${didYouMean(day.toLowerCase(), WEEK_DAYS)}; ${allowed}`,
    );
  }
  return problems;
}

type Window = Pick<CronConfig, "start_time" | "end_time" | "time_zone">;

function checkWindow(config: Window, path: Path): ScheduleProblem[] {
  const problems: ScheduleProblem[] = [];
  for (const key of ["start_time", "end_time"] as const) {
    const time = config[key];
    if (!time || isTime(time)) continue;
    const problem = `found "${time}"; expected an ISO 8601 date and time, such as "2026-01-31T08:00:00"`;
    // schedule.start_time: The start of a schedule is no time. Correct `start_time`.
    problems.push({ code: `schedule.${key}`, path: [...path, key], problem });
  }
  const { start_time: start, end_time: end, time_zone: zone } = config;
  const [from, to] = [start, end].map((time) => timeIn(ianaZone(zone) ?? "UTC", time)?.epochMilliseconds);
  if (problems.length === 0 && from !== undefined && to !== undefined && to <= from) {
    const problem = `found "${end}", which is not after start_time "${start}"`;
    // schedule.end_time: A schedule ends before it starts, or its end is no time. Correct `end_time`.
    problems.push({ code: "schedule.end_time", path: [...path, "end_time"], problem });
  }
  if (windowsZone(zone) === undefined) {
    const problem =
      `Azure ML has no time zone "${zone}"; use a Windows name, such as "W. Europe Standard Time", ` +
      `or an IANA name, such as "Europe/Paris"`;
    // schedule.time_zone: Azure ML does not know the time zone. Use a Windows or IANA name.
    problems.push({ code: "schedule.time_zone", path: [...path, "time_zone"], problem });
  }
  return problems;
}

/** Whether a text is an ISO time that exists in the calendar; February 30 does not. */
function isTime(text: string): boolean {
  return ISO_TIME.test(text) && timeIn("UTC", text) !== undefined;
}
