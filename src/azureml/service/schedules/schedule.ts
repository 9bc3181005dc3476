import { ExitCode, UserError } from "../../../core/errors.ts";
import { didYouMean } from "../../../core/text/suggest.ts";
import { type Fields, fields, isFields, textOf } from "../../../core/fields.ts";
import { sendableJob, withoutNull } from "../runs/run.ts";
import { runOperation } from "../client/long_running.ts";
import { type ArmCall, listWithArm } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";
import { compareText } from "../../../core/text/names.ts";

/** The trigger of a schedule in Azure ML's format. */
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

/** What is done to a schedule in Azure ML. */
export type ScheduleAction = "create" | "update" | "delete" | "pause" | "resume";

/** A schedule in Azure ML. */
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

/** @internal The fields of a schedule that are used. */
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
  const list = ({ client, at }: ArmCall) => client.schedules.list(...at, { listViewType: "All" });
  const schedules: Schedule[] = [];
  for await (
    const { name = "", properties, systemData } of listWithArm(workspace, "list the schedules", list)
  ) {
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

/** The path of a schedule below its workspace. */
export function schedulePath(name: string): string {
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
