import type { Workspace } from "../../azureml/client/workspace.ts";
import { type Job, studioUrl } from "../../azureml/runs/jobs.ts";
import { withoutIgnored } from "../../azureml/schedules/cron.ts";
import { scheduleNames } from "../../azureml/schedules/from_config.ts";
import { canTellTimes, nextTimes } from "../../azureml/schedules/next_times.ts";
import {
  deleteSchedule,
  enableSchedule,
  getSchedule,
  listScheduleRuns,
  listSchedules,
  type Schedule,
  type ScheduleAction,
  type ScheduleTrigger,
  triggerSchedule,
} from "../../azureml/schedules/schedules.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { interruption } from "../../core/interruption.ts";
import type { AppContext } from "../context.ts";
import { connect } from "../project/connect.ts";
import type { SelectedJobs } from "../project/open.ts";
import {
  chooseWorkspace,
  openProjectWorkspace,
  type ProjectWorkspaceOptions,
  requireWorkspace,
} from "../project/workspace.ts";
import { type FollowRequest, followRuns, type RunResult } from "./follow_runs.ts";
import { shellWord } from "../../core/untrusted.ts";

/** A schedule that was deleted, or would be with `dryRun`. */
export interface DeletedSchedule {
  readonly name: string;
  /** The job in azureml.yml that it belongs to; `undefined` if the schedule was named directly. */
  readonly job: string | undefined;
  readonly workspace: WorkspaceConfig;
  /** False if the workspace has no such schedule; `undefined` with `dryRun`. */
  readonly deleted?: boolean;
}

/**
 * Deletes the schedules that azureml.yml defines for jobs; for a job without any, the schedule with the job's name.
 *
 * A schedule that does not exist is not an error.
 */
export async function* deleteJobSchedules(
  ctx: AppContext,
  { session, jobs }: SelectedJobs,
  options: {
    readonly workspace?: string | undefined;
    readonly dryRun?: boolean | undefined;
  },
): AsyncIterable<DeletedSchedule> {
  const all = [...jobs].flatMap(([job, config]) => {
    const workspace = options.dryRun
      ? chooseWorkspace(session.config, options.workspace, config)
      : requireWorkspace(session.config, options.workspace, { job: config });
    const names = scheduleNames(job, config);
    return (names.length === 0 ? [job] : names).map((name) => ({ name, job, workspace }));
  });
  if (options.dryRun) return yield* all;
  const { open } = await connect(ctx);
  for (const schedule of all) {
    yield { ...schedule, deleted: await remove(ctx, open(schedule.workspace), schedule.name) };
  }
}

/**
 * Deletes schedules by their names in Azure ML, independently of azureml.yml. A schedule that does not exist is not
 * an error.
 *
 * @throws {UserError} `azure.*`, `workspace.unknown`.
 */
export async function* deleteNamedSchedules(
  ctx: AppContext,
  options: ProjectWorkspaceOptions & {
    readonly names: readonly string[];
    readonly dryRun: boolean | undefined;
  },
): AsyncIterable<DeletedSchedule> {
  const workspace = await openSchedules(ctx, options);
  for (const name of new Set(options.names)) {
    const removed = { name, job: undefined, workspace: workspace.config };
    yield options.dryRun ? removed : { ...removed, deleted: await remove(ctx, workspace, name) };
  }
}

function remove(ctx: AppContext, workspace: Workspace, name: string): Promise<boolean> {
  return changeSchedule(ctx, { name, action: "delete" }, () => deleteSchedule(workspace, name));
}

export async function listTimedSchedules(ctx: AppContext, options: ProjectWorkspaceOptions) {
  const workspace = await openSchedules(ctx, options);
  const schedules = await listSchedules(workspace);
  const now = ctx.clock.now();
  return { schedules: schedules.map((schedule) => withTimes(schedule, now)), workspace: workspace.config };
}

/** Reads one schedule. @throws {UserError} `schedule.not_found`. */
export async function showSchedule(ctx: AppContext, options: ScheduleTargetOptions): Promise<TimedSchedule> {
  const { workspace, name } = await openSchedule(ctx, options);
  return withTimes(await getSchedule(workspace, name), ctx.clock.now());
}

/**
 * Pauses or resumes a schedule; it is not an error if it already is in that state.
 *
 * @returns `changed` is false if it was in that state before.
 */
export async function pauseOrResume(
  ctx: AppContext,
  options: ScheduleTargetOptions & { readonly isEnabled: boolean },
) {
  const { isEnabled } = options;
  const { workspace, name } = await openSchedule(ctx, options);
  const action = isEnabled ? "resume" : "pause";
  const changed = await changeSchedule(
    ctx,
    { name, action },
    () => enableSchedule(workspace, name, isEnabled),
  );
  return { schedule: withTimes(await getSchedule(workspace, name), ctx.clock.now()), changed };
}

const DONE: Readonly<Record<ScheduleAction, string>> = {
  create: "created",
  update: "updated",
  delete: "disabled or deleted",
  pause: "paused",
  resume: "resumed",
};

/**
 * Changes a schedule and reports that, because Azure takes some seconds for it.
 *
 * @throws {UserError} `interrupted`, which says that Azure may have changed it.
 */
export async function changeSchedule<T>(
  ctx: Pick<AppContext, "report" | "signal">,
  { name, action }: { readonly name: string; readonly action: ScheduleAction },
  change: () => Promise<T>,
): Promise<T> {
  ctx.report({ type: "schedule_changing", name, action });
  try {
    return await change();
  } catch (thrown) {
    if (!ctx.signal.aborted) throw thrown;
    const remove = action === "create"
      ? `, and \`kedro-azureml schedule delete ${shellWord(name)}\` to delete it`
      : "";
    throw interruption(ctx.signal.reason, [`schedule "${name}" may have been ${DONE[action]}`], {
      hint: `Run \`kedro-azureml schedule list\` to see the schedules${remove}`,
    });
  }
}

export async function runsOfSchedule(
  ctx: AppContext,
  options: ScheduleTargetOptions & {
    readonly limit: number;
  },
): Promise<{ readonly name: string; readonly runs: readonly Job[] }> {
  const { workspace, name } = await openSchedule(ctx, options);
  return { name, runs: await listScheduleRuns(workspace, name, options.limit) };
}

const TIMES = 5;

export type TimedSchedule = Schedule & FiringTimes;

/** When a schedule fires next, seen from `now`. */
export interface FiringTimes {
  readonly when: string;
  readonly next: readonly Temporal.ZonedDateTime[];
  /** Whether the times can be computed; if so, and there are none, the schedule has ended. */
  readonly canTellTimes: boolean;
  readonly now: Date;
}

export function withTimes(schedule: Schedule, now: Date): TimedSchedule {
  return { ...schedule, ...timesFrom(schedule.trigger, now, schedule.createdAt) };
}

/** The next times of a schedule (default: of one that is created now). */
export function timesFrom(trigger: ScheduleTrigger, now: Date, createdAt = now): FiringTimes {
  const next = nextTimes(trigger, { after: now, createdAt, count: TIMES });
  return { when: triggerText(trigger), next, canTellTimes: canTellTimes(trigger), now };
}

export function triggerText(trigger: ScheduleTrigger): string {
  const { triggerType, expression, frequency, interval, timeZone } = trigger;
  const zone = timeZone ?? "UTC";
  if (triggerType === "Cron") {
    const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(withoutIgnored(expression ?? ""));
    const cron = `cron ${expression}`;
    if (daily === null) return `${cron}, ${zone}`;
    return `daily at ${daily[2]!.padStart(2, "0")}:${daily[1]!.padStart(2, "0")}, ${zone} (${cron})`;
  }
  const unit = (frequency ?? triggerType).toLowerCase();
  return `every ${interval === 1 ? unit : `${interval} ${unit}s`}${patternText(trigger)}, ${zone}`;
}

function patternText({ schedule }: ScheduleTrigger): string {
  const { hours = [], minutes = [], weekDays, monthDays } = schedule ?? {};
  const two = (number: number) => String(number).padStart(2, "0");
  const times = hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`));
  return [
    ...(weekDays?.length ? [` on ${weekDays.join(", ")}`] : []),
    ...(monthDays?.length ? [` on day ${monthDays.join(", ")}`] : []),
    ...(times.length > 0 ? [` at ${times.join(", ")}`] : []),
  ].join("");
}

export async function* triggerNow(
  ctx: AppContext,
  options: ScheduleTargetOptions & FollowRequest & {
    readonly wait?: boolean | undefined;
  },
): AsyncIterable<
  | {
    readonly type: "triggered";
    readonly schedule: string;
    readonly name: string;
    readonly studioUrl: string;
  }
  | RunResult
> {
  const { workspace, name: schedule } = await openSchedule(ctx, options);
  const name = await triggerSchedule(workspace, schedule);
  yield { type: "triggered", schedule, name, studioUrl: studioUrl(workspace, name) };
  if (options.wait) {
    const { timeoutMs, logs } = options;
    yield* followRuns(ctx, [{ workspace, name, job: undefined, isSent: true }], { timeoutMs, logs });
  }
}

interface ScheduleTargetOptions extends ProjectWorkspaceOptions {
  /** Name in Azure ML (default: that of the only schedule). */
  readonly name?: string | undefined;
}

/** Opens the schedule that was named, or the only one of the workspace. @throws {UserError} `schedule.unnamed`. */
async function openSchedule(ctx: AppContext, options: ScheduleTargetOptions) {
  const workspace = await openSchedules(ctx, options);
  if (options.name !== undefined) return { workspace, name: options.name };
  const names = (await listSchedules(workspace)).map(({ name }) => name);
  const [name] = names;
  if (names.length === 1) return { workspace, name: name! };
  const what = name === undefined ? "no schedules" : `${names.length} schedules: ${names.join(", ")}`;
  throw new UserError(`Workspace ${workspace.config.name} has ${what}`, {
    // schedule.unnamed: No schedule was named, and the workspace has none or several. Pass the name of one.
    code: "schedule.unnamed",
    exit: ExitCode.Usage,
    hint: name === undefined ? "Create one with `kedro-azureml schedule JOB`" : "Name one of them",
  });
}

/** Opens the workspace of the schedules; needs no project if the options identify the workspace completely. */
async function openSchedules(ctx: AppContext, options: ProjectWorkspaceOptions): Promise<Workspace> {
  const { open } = await connect(ctx);
  return open((await openProjectWorkspace(ctx, options)).workspace);
}
