import { shellWord } from "../../../core/text/shell_word.ts";
import type { AzureMLConfig, JobConfig, ScheduleConfig } from "../../../config/azureml/types.ts";
import type { FoundJob } from "../../../config/azureml/job_factories.ts";
import { type ConfigProblem, dotted, type Places, problemsError } from "../../../config/azureml/load.ts";
import { inQuotes, UserError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/text/suggest.ts";
import {
  checkEffects,
  checkTrigger,
  type Path,
  type ScheduleEffect,
  type ScheduleProblem,
} from "./check_trigger.ts";
import type { NamedSchedule } from "./schedule_body.ts";

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

/** Jobs, and the configuration that their schedules refer to. */
export interface ScheduleInput {
  readonly config: Pick<AzureMLConfig, "schedules">;
  readonly jobs: ReadonlyMap<string, FoundJob>;
  /** Returns where a value of azureml.yml is written. */
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
export type PlacedProblem = ConfigProblem & Pick<ScheduleProblem, "code">;

/** The valid schedules of jobs, and all problems of the others. */
export interface ReadSchedules {
  readonly schedules: NamedSchedule[];
  readonly problems: readonly PlacedProblem[];
  /** What Azure ML does with them unexpectedly. */
  readonly effects: readonly (PlacedProblem & Pick<ScheduleEffect, "severity" | "hint">)[];
}

/** Reads all schedules of jobs; jobs without one are skipped. */
export function readSchedules({ config, jobs, place, now }: ScheduleInput): ReadSchedules {
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
    return { code: "schedule.unknown", path, problem };
  }
  const defined = names.length === 0 ? "no schedules are defined" : `defined: ${names.join(", ")}`;
  const problem = `schedule "${ref}" not found${didYouMean(ref as string, names)}; ${defined}`;
  return { code: "schedule.unknown", path, problem };
}

/** The names of schedules that Azure ML allows. */
const NAME = /^[a-zA-Z0-9][\w-]{0,254}$/;

function nameProblems(
  job: string,
  { name, path }: Entry,
  before: readonly NamedSchedule[],
): ScheduleProblem[] {
  const other = before.find((schedule) => schedule.name === name);
  if (other !== undefined) {
    const problem = `its name would be "${name}", which a schedule of job "${other.job}" already has`;
    return [{ code: "schedule.same_name", path, problem }];
  }
  if (NAME.test(name)) return [];
  const cause = NAME.test(job) ? "schedule" : "job";
  const problem =
    `its name would be "${name}"; Azure ML allows letters, digits, "-" and "_", at most 255 characters: rename the ${cause}`;
  return [{ code: "schedule.name", path, problem }];
}

function noSchedule(without: readonly string[], key: string, place: Places): UserError {
  const [first] = without;
  return new UserError(
    `No schedule is defined for ${without.length === 1 ? "job" : "jobs"} ${inQuotes(without)}`,
    {
      code: "schedule.none",
      hint: `Set \`jobs.${key}.schedule\`, or run it once with \`kedro-azureml submit -j ${
        shellWord(first!)
      }\``,
      place: place(["jobs", key, "schedule"]),
      data: { jobs: without },
    },
  );
}

function refusal(problems: readonly PlacedProblem[]): UserError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return problemsError(`The schedules in azureml.yml have ${count}`, "schedule.config", problems);
}
