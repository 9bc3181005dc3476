import type {
  CronTrigger,
  JobScheduleAction,
  RecurrenceTrigger,
  ScheduleProperties,
} from "@azure/arm-machinelearning";
import type { ScheduleConfig } from "../../config/schema.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { compact, type Fields, fields, isFields, textOf } from "../../core/json.ts";
import { compareText } from "../../core/text_match.ts";
import { didYouMean } from "../../core/suggest.ts";
import { listAll, runOperation } from "../client/arm.ts";
import { listResources, readJson, requireSuccess, type Workspace } from "../client/workspace.ts";
import type { DraftOf, JobBody } from "../job/body.ts";
import { KINDS } from "../resources/kinds.ts";
import { type Job, sendableJob, toJob, withoutNull } from "../runs/jobs.ts";
import { localTime, windowsZone } from "./time_zones.ts";

/**
 * Lists the jobs that a schedule started, newest first.
 *
 * @param atMost Maximum number of jobs.
 * @throws {UserError} `schedule.not_found`.
 */
export async function listScheduleRuns(
  workspace: Workspace,
  name: string,
  atMost: number,
): Promise<readonly Job[]> {
  await getSchedule(workspace, name);
  return await runsOf(workspace, name, atMost);
}

async function runsOf(workspace: Workspace, name: string, atMost: number): Promise<readonly Job[]> {
  const resources = listResources<Fields>(workspace, {
    action: `list the jobs of schedule "${name}"`,
    path: "jobs",
    query: { scheduled: "true", scheduleId: name, listViewType: "All" },
  });
  const runs: Job[] = [];
  if (atMost <= 0) return runs;
  for await (const resource of resources) {
    const { name } = fields(resource);
    if (typeof name !== "string") continue;
    runs.push(toJob(resource, name, workspace));
    if (runs.length === atMost) break;
  }
  return runs;
}

const ATTEMPTS = 4;
const WAIT_MS = 5000;
const NEWEST = 50;

/**
 * Runs the job of a schedule now, once.
 *
 * Azure chooses the job's name, so if a response is lost, the request is not simply sent again: first it checks
 * whether the schedule has a new job.
 *
 * @returns The name of the job.
 * @throws {UserError} `schedule.not_found`, `azure.*`.
 */
export async function triggerSchedule(workspace: Workspace, name: string): Promise<string> {
  await getSchedule(workspace, name);
  const before = new Set((await runsOf(workspace, name, NEWEST)).map((run) => run.name));
  let isTaken = false;
  let failure: unknown = notNamed(name);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const sent = isTaken ? {} : await sendTrigger(workspace, name);
    if (sent.job !== undefined) return sent.job;
    if (sent.failure === undefined) isTaken = true;
    else failure = sent.failure;
    await workspace.clock.sleep(WAIT_MS, workspace.signal);
    const made = (await runsOf(workspace, name, NEWEST)).find((run) => !before.has(run.name));
    if (made !== undefined) return made.name;
  }
  throw failure;
}

async function sendTrigger(workspace: Workspace, name: string): Promise<{
  readonly job?: string | undefined;
  readonly failure?: unknown;
}> {
  const action = `trigger schedule "${name}"`;
  try {
    const response = await workspace.exchange({
      action,
      method: "POST",
      path: `${schedulePath(name)}/trigger`,
      body: { scheduleTime: workspace.clock.now().toISOString() },
      sentOnce: true,
    });
    requireSuccess(workspace, action, response);
    return { job: readJson<{ submissionId?: string } | null>(action, response)?.submissionId };
  } catch (thrown) {
    const isDoubtful = thrown instanceof UserError && thrown.exit === ExitCode.Unavailable;
    if (!isDoubtful || workspace.signal.aborted) throw thrown;
    return { failure: thrown };
  }
}

function notNamed(name: string): UserError {
  return new UserError(
    `Schedule "${name}" was triggered, but Azure did not return the name of the job`,
    {
      // schedule.run_not_named: The schedule was triggered, but Azure did not name the job. Run
      //   `kedro-azureml schedule runs`.
      code: "schedule.run_not_named",
      exit: ExitCode.Unavailable,
      hint: `Run \`kedro-azureml schedule runs ${name}\` in a minute`,
    },
  );
}

export interface ScheduleTrigger {
  readonly triggerType: string;
  /** Only for a cron trigger. */
  readonly expression?: string;
  /** Only for a recurrence: minute, hour, day, week or month. */
  readonly frequency?: string;
  readonly interval?: number;
  readonly schedule?: {
    readonly hours?: readonly number[];
    readonly minutes?: readonly number[];
    readonly weekDays?: readonly string[] | null;
    readonly monthDays?: readonly number[] | null;
  } | null;
  readonly startTime?: string | null;
  readonly endTime?: string | null;
  readonly timeZone?: string | null;
}

export type ScheduleAction = "create" | "update" | "delete" | "pause" | "resume";

export interface Schedule {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
  readonly trigger: ScheduleTrigger;
  /** Name and experiment of its jobs; absent for schedules that do not create pipeline jobs. */
  readonly job: { readonly displayName?: string; readonly experimentName?: string } | undefined;
  readonly createdAt: Date;
}

interface ScheduleResource {
  readonly name: string;
  readonly properties: {
    readonly displayName?: string | null;
    readonly description?: string | null;
    readonly isEnabled?: boolean | null;
    readonly trigger: ScheduleTrigger;
    readonly action?: { readonly jobDefinition?: Schedule["job"] };
  };
  readonly systemData?: { readonly createdAt?: string | Date } | undefined;
}

/** Lists all schedules of a workspace, including paused ones, sorted by name. */
export async function listSchedules(workspace: Workspace): Promise<readonly Schedule[]> {
  const schedules: Schedule[] = [];
  for await (const { name = "", properties, systemData } of listAll(workspace, KINDS.schedule, [])) {
    const known = (properties ?? {}) as ScheduleResource["properties"];
    schedules.push(toSchedule(workspace, { name, properties: known, systemData }));
  }
  return schedules.sort((a, b) => compareText(a.name, b.name));
}

/** Reads a schedule. @throws {UserError} `schedule.not_found`, which lists the existing names. */
export async function getSchedule(workspace: Workspace, name: string): Promise<Schedule> {
  return toSchedule(workspace, { ...await existing(workspace, name), name });
}

/**
 * Pauses or resumes a schedule and waits until Azure has done so; nothing else changes.
 *
 * @returns `false` if it already was in that state, so that nothing was sent.
 * @throws {UserError} `schedule.not_found`.
 */
export async function enableSchedule(
  workspace: Workspace,
  name: string,
  isEnabled: boolean,
): Promise<boolean> {
  const resource = await existing(workspace, name);
  if ((resource.properties.isEnabled !== false) === isEnabled) return false;
  const body = { properties: { ...sendable(fields(resource.properties)), isEnabled } };
  await putSchedule(workspace, name, { action: isEnabled ? "resume" : "pause", body });
  return true;
}

/** Creates a schedule, or replaces the one with that name, and waits until that is done. */
export async function putSchedule(
  workspace: Workspace,
  name: string,
  { action: verb, body }: { readonly action: ScheduleAction | "disable"; readonly body: unknown },
): Promise<void> {
  const action = `${verb} schedule "${name}"`;
  await runOperation(workspace, { action, method: "PUT", path: schedulePath(name), body });
}

/** Disables a schedule, which Azure requires first, and deletes it. @returns `false` if it does not exist. */
export async function deleteSchedule(workspace: Workspace, name: string): Promise<boolean> {
  const action = `delete schedule "${name}"`;
  const resource = await find(workspace, action, name);
  if (resource === undefined) return false;
  if (resource.properties.isEnabled !== false) {
    const body = { properties: { ...sendable(fields(resource.properties)), isEnabled: false } };
    await putSchedule(workspace, name, { action: "disable", body });
  }
  return await runOperation(workspace, { action, method: "DELETE", path: schedulePath(name) });
}

function find(workspace: Workspace, action: string, name: string): Promise<ScheduleResource | undefined> {
  return workspace.find({ action, method: "GET", path: schedulePath(name), answers: ["properties"] });
}

async function existing(workspace: Workspace, name: string): Promise<ScheduleResource> {
  const resource = await find(workspace, `read schedule "${name}"`, name);
  if (resource !== undefined) return resource;
  const names = (await listSchedules(workspace)).map((schedule) => schedule.name);
  const where = `workspace "${workspace.config.name}"`;
  throw new UserError(`Schedule "${name}" not found in ${where}${didYouMean(name, names)}`, {
    // schedule.not_found: The workspace has no such schedule. Run `kedro-azureml schedule list`.
    code: "schedule.not_found",
    exit: ExitCode.Rejected,
    details: names.length === 0 ? [] : [`schedules: ${names.join(", ")}`],
    hint: "Run `kedro-azureml schedule list`, or choose another workspace of azureml.yml with `-w`",
    data: { schedules: names },
  });
}

/** A schedule's properties as they can be sent again: without what Azure added to them and to its jobs. */
function sendable(properties: Fields): Fields {
  const { description, displayName, isEnabled, properties: own, tags, trigger, action } = withoutNull(
    properties,
  );
  const { jobDefinition, ...others } = fields(action);
  const job = isFields(jobDefinition) ? { jobDefinition: sendableJob(jobDefinition) } : {};
  const sent = { description, displayName, isEnabled, properties: own, tags, trigger };
  return { ...sent, action: { ...others, ...job } };
}

function schedulePath(name: string): string {
  return `schedules/${encodeURIComponent(name)}`;
}

function toSchedule({ clock }: Workspace, { name, properties, systemData }: ScheduleResource): Schedule {
  const { displayName, description, isEnabled, trigger, action } = properties;
  return {
    name,
    displayName: textOf(displayName),
    description: textOf(description),
    isEnabled: isEnabled !== false,
    trigger: toTrigger(fields(trigger)),
    job: action?.jobDefinition,
    createdAt: new Date(systemData?.createdAt ?? clock.now()),
  };
}

/** Converts a trigger; fields of an unexpected type count as missing. */
function toTrigger(trigger: Fields): ScheduleTrigger {
  const entries = Object.entries(trigger).flatMap(([key, value]) => {
    if (key === "schedule") return isFields(value) ? [[key, listsOf(value)]] : [];
    const isExpected = key === "interval" ? typeof value === "number" : typeof value === "string";
    return isExpected ? [[key, value]] : [];
  });
  return { triggerType: "unknown", ...Object.fromEntries(entries) };
}

function listsOf(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => Array.isArray(one)));
}

export interface NamedSchedule {
  readonly name: string;
  readonly job: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly trigger: ScheduleConfig;
}

/** The request body for a schedule. @param isPaused Whether it stays paused; Azure ML enables it otherwise. */
export function toScheduleRest(
  schedule: NamedSchedule,
  job: JobBody,
  isPaused = false,
): { properties: unknown } {
  return {
    properties: compact(
      {
        description: schedule.description,
        properties: {},
        tags: {},
        isEnabled: isPaused ? false : undefined,
        action: {
          jobDefinition: job.properties as unknown as JobScheduleAction["jobDefinition"],
          actionType: "CreateJob",
        },
        displayName: schedule.displayName,
        trigger: toTriggerRest(schedule.trigger),
      } satisfies DraftOf<ScheduleProperties>,
    ),
  };
}

export function toTriggerRest({ cron, recurrence }: ScheduleConfig): CronTrigger | RecurrenceTrigger {
  if (cron !== null) return { triggerType: "Cron", expression: cron.expression, ...windowOf(cron) };
  const { frequency, interval, schedule } = recurrence!;
  return {
    triggerType: "Recurrence",
    frequency,
    interval,
    // The specification requires a pattern; azure-ai-ml 1.35 sends an empty one if none is configured.
    schedule: {
      hours: [...schedule?.hours ?? []],
      minutes: [...schedule?.minutes ?? []],
      ...(schedule?.week_days && { weekDays: [...schedule.week_days] }),
    },
    ...windowOf(recurrence!),
  };
}

/** The time window of a schedule; the specification requires Windows time zones, and times without an offset. */
function windowOf(
  { start_time: start, end_time: end, time_zone: zone }: {
    readonly start_time: string | null;
    readonly end_time: string | null;
    readonly time_zone: string;
  },
): Pick<CronTrigger, "startTime" | "endTime" | "timeZone"> {
  return {
    ...(start && { startTime: localTime(start, zone) }),
    ...(end && { endTime: localTime(end, zone) }),
    timeZone: windowsZone(zone) ?? zone,
  };
}
