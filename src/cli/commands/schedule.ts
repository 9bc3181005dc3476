import type { Command } from "commander";
import type { AppContext } from "../../app/context.ts";
import {
  type DeletedSchedule,
  deleteNamedSchedules,
  type EnabledSchedule,
  type ListedSchedules,
  listTimedSchedules,
  pauseOrResume,
  runsOfSchedule,
  type SchedulesOptions,
  type ScheduleTargetOptions,
  showSchedule,
  type TimedSchedule,
  triggerNow,
  triggerText,
} from "../../app/runs/schedules.ts";
import {
  type PlannedSchedule,
  type ScheduleCommandResult,
  scheduleJobs,
  schedulePackage,
} from "../../app/submit/schedule.ts";
import type { ScheduledRun } from "../../azureml/schedules/schedules.ts";
import { changedError, ExitCode, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import type { CommandContext } from "../parse/command.ts";
import { checkSource, packageRequest, type PackageTyped } from "../parse/package_request.ts";
import { checkRequest, type CheckTyped } from "../parse/requests.ts";
import { followRequest, type FollowTyped } from "../parse/run_requests.ts";
import { failedOutput, skippedOutput } from "../text/error.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { isoText, tableText, untilText, utcText, zonedText } from "../text/render.ts";
import { renderResults } from "../text/run_results.ts";
import { USUAL_LIMIT } from "./job_list.ts";

/** Creates, updates or deletes the schedules of jobs of a project, or of a package if `--package` names one. */
export async function* schedule(
  ctx: AppContext,
  typed: ScheduleJobsTyped,
  command: Command,
): AsyncIterable<Output> {
  checkSource(typed);
  const { dryRun, delete: deletes } = typed;
  if (deletes && typed.amlEnv !== undefined) {
    throw new UserError("`--delete` cannot be combined with `--aml-env`", {
      code: "usage.delete_and_environment",
      hint: "Omit `--aml-env`",
    });
  }
  const results = typed.package === undefined
    ? scheduleJobs(ctx, { ...await checkRequest(ctx, typed), dryRun, delete: deletes })
    : schedulePackage(ctx, { ...packageRequest(typed.package, typed), dryRun });
  try {
    for await (const result of results) yield render(result);
  } catch (thrown) {
    const [first] = typed.args.jobs;
    throw first === undefined ? thrown : withSubcommands(thrown, command, first);
  }
}

/** What is typed for `schedule`. */
interface ScheduleJobsTyped extends CheckTyped, PackageTyped {
  readonly dryRun?: boolean;
  readonly delete?: boolean;
}

/** Subcommands that other programs have, and ours. */
const MEANT: Readonly<Record<string, string>> = { disable: "pause", enable: "resume" };

/** Adds the subcommands to the error about an unknown job, because the name may be a misspelled subcommand. */
function withSubcommands(thrown: unknown, schedule: Command, typed: string): unknown {
  if (!(thrown instanceof UserError) || thrown.code !== "job.unknown") return thrown;
  const names = schedule.commands.map((command) => command.name());
  const meant = ownValue(MEANT, typed);
  return changedError(thrown, {
    details: [...thrown.details, `commands: ${names.join(", ")}`],
    ...(meant !== undefined && { hint: `Did you mean \`schedule ${meant}\`?` }),
  });
}

function render(result: ScheduleCommandResult): Output {
  switch (result.type) {
    case "checked":
      return { data: undefined, text: "", warnings: result.warnings };
    case "planned":
      return renderPlanned(result.planned);
    case "deleted":
      return renderDeleted(result.schedule);
    case "scheduled":
      return renderScheduled(result);
    case "failed":
      return failedOutput(`Job ${result.job} was not scheduled`, { job: result.job }, result.error);
    case "skipped":
      return skippedOutput(result.job, result.because);
  }
}

/** Renders a schedule that was created or updated. */
function renderScheduled(
  { schedule, workspace, times, isNew, resume }: Extract<ScheduleCommandResult, { type: "scheduled" }>,
): Output {
  const { name, job, trigger } = schedule;
  const { next, now } = times;
  const first = next[0] === undefined ? "" : `; next ${zonedText(next[0])}, ${untilText(next[0], now)}`;
  return {
    data: {
      schedule: name,
      job,
      trigger,
      workspace: workspaceData(workspace),
      next: next.map(isoText),
      created: isNew,
      isEnabled: resume === undefined,
    },
    text: `✓ Schedule ${name} runs job ${job}: ${triggerText(times.trigger)}${
      resume === undefined ? first : "; it is still paused"
    }\n`,
    ...(resume !== undefined && { next: [`Run \`${resume}\` to resume it`] }),
  };
}

/** Renders a schedule that would be created or updated. */
function renderPlanned({ schedule, plan, body, times }: PlannedSchedule): Output {
  const { name, job, trigger } = schedule;
  const { workspace, components } = plan;
  const { next, now } = times;
  return {
    data: {
      schedule: name,
      job,
      dryRun: true,
      trigger,
      workspace: workspaceData(workspace),
      next: next.map(isoText),
      components,
      body,
    },
    text: `Schedule ${name} would run job ${job}, pipeline ${plan.spec.pipelineName}, in workspace ` +
      `${workspace.name}: ${triggerText(times.trigger)}\n` +
      timeLines(next, now),
  };
}

/** Deletes schedules by their names in Azure ML. */
export async function* scheduleDelete(
  ctx: AppContext,
  typed: SchedulesOptions & {
    readonly args: { readonly schedules: readonly string[] };
    readonly dryRun?: boolean;
  },
): AsyncIterable<Output> {
  const { args: { schedules: names }, dryRun } = typed;
  for await (const schedule of deleteNamedSchedules(ctx, { ...typed, names, dryRun })) {
    const isMissing = schedule.deleted === false;
    yield {
      ...renderDeleted(schedule),
      ...(isMissing &&
        { exit: ExitCode.Rejected, next: [`Run \`kedro-azureml schedule list\` to see the names`] }),
    };
  }
}

/** Renders a schedule that was deleted, did not exist, or with `dryRun` would be deleted. */
function renderDeleted({ name, job, workspace, deleted }: DeletedSchedule): Output {
  const outcome = deleted === undefined ? { dryRun: true } : { deleted };
  return {
    data: { schedule: name, job, workspace: workspaceData(workspace), ...outcome },
    text: deleted === undefined
      ? `Schedule ${name} would be deleted from workspace ${workspace.name}\n`
      : deleted
      ? `✓ Deleted schedule ${name}\n`
      : `· Schedule ${name} does not exist in workspace ${workspace.name}\n`,
  };
}

/** Lists the schedules of a workspace. */
export async function scheduleList(ctx: CommandContext, typed: SchedulesOptions): Promise<Output> {
  return renderSchedules(await listTimedSchedules(ctx, typed), ctx.terminal.outColumns);
}

/** Renders schedules: name, when they fire, and the next time. */
export function renderSchedules(
  { schedules, workspace }: ListedSchedules,
  columns?: number,
): Output {
  return {
    data: schedules.map(scheduleData),
    text: schedules.length === 0 ? `Workspace ${workspace.name} has no schedules\n` : tableText(
      schedules.map((schedule) => [schedule.name, triggerText(schedule.trigger), nextOf(schedule)]),
      columns,
    ),
  };
}

function nextOf({ isEnabled, next, canTellTimes }: TimedSchedule): string {
  if (!isEnabled) return "paused";
  if (next[0] !== undefined) return `next ${zonedText(next[0])}`;
  return canTellTimes ? "never again" : "next time unknown";
}

/** Shows one schedule and when it fires next. */
export async function scheduleShow(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderSchedule(await showSchedule(ctx, scheduleRequest(typed)));
}

/** Renders all properties of a schedule. */
export function renderSchedule(schedule: TimedSchedule): Output {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["schedule", name],
    ["state", isEnabled ? "enabled" : "paused"],
    ["runs", triggerText(trigger)],
    ["from", trigger.startTime],
    ["until", trigger.endTime],
    ["job", job?.displayName ?? displayName],
    ["experiment", job?.experimentName],
    ["description", description],
  ];
  return {
    data: scheduleData(schedule),
    text: tableText(rows.flatMap(([label, value]) => value ? [[label, value]] : [])) +
      nextText(schedule),
  };
}

/** Pauses a schedule; it is not an error if it already is paused. */
export async function schedulePause(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderEnabled(await pauseOrResume(ctx, { ...scheduleRequest(typed), isEnabled: false }));
}

/** Resumes a schedule; it is not an error if it already is enabled. */
export async function scheduleResume(ctx: AppContext, typed: ScheduleTyped): Promise<Output> {
  return renderEnabled(await pauseOrResume(ctx, { ...scheduleRequest(typed), isEnabled: true }));
}

/** Renders the state of a schedule that was paused or resumed. */
function renderEnabled({ schedule, changed }: EnabledSchedule): Output {
  const { name, isEnabled, next: [time], now } = schedule;
  const next = isEnabled && time !== undefined ? `; next ${zonedText(time)}, ${untilText(time, now)}` : "";
  const state = isEnabled ? "enabled" : "paused";
  return {
    data: { ...scheduleData(schedule), changed },
    text: changed
      ? `✓ Schedule ${name} is ${state}${next}\n`
      : `· Schedule ${name} is already ${state}${next}\n`,
  };
}

/** Lists the jobs that a schedule started, newest first. */
export async function scheduleRuns(
  ctx: CommandContext,
  typed: ScheduleTyped & { readonly limit?: number },
): Promise<Output> {
  return renderScheduleRuns(
    typed.args.schedule,
    await runsOfSchedule(ctx, { ...scheduleRequest(typed), limit: typed.limit ?? USUAL_LIMIT }),
    ctx.terminal.outColumns,
  );
}

/** Renders one job per line, with its status and time. */
function renderScheduleRuns(
  schedule: string,
  runs: readonly ScheduledRun[],
  columns: number | undefined,
): Output {
  const time = ({ createdAt }: ScheduledRun) => createdAt === undefined ? "" : utcText(createdAt);
  return {
    data: runs.map(({ name, status, displayName, experimentName, studioUrl, createdAt }) => (
      { name, status, displayName, experimentName, studioUrl, createdAt }
    )),
    text: runs.length === 0
      ? `Schedule ${schedule} has started no jobs\n`
      : tableText(runs.map((run) => [run.name, run.status, time(run)]), columns),
  };
}

/** Runs the job of a schedule now. */
export async function* scheduleTrigger(
  ctx: AppContext,
  typed: ScheduleTyped & FollowTyped,
): AsyncIterable<Output> {
  const follow = followRequest(typed);
  const { schedule } = typed.args;
  let started = "";
  yield* renderResults(triggerNow(ctx, { ...scheduleRequest(typed), follow }), {
    triggered({ name, studioUrl }) {
      started = name;
      return {
        data: { type: "triggered", schedule, name, studioUrl },
        submitted: name,
        text: `✓ Schedule ${schedule} started job ${name}\n${studioUrl}\n`,
      };
    },
  });
  if (follow === undefined) {
    yield { data: undefined, text: "", next: [`Run \`kedro-azureml job follow ${started}\` to follow it`] };
  }
}

/** What is typed for a command that manages one schedule. */
interface ScheduleTyped extends SchedulesOptions {
  /** Its name in Azure ML. */
  readonly args: { readonly schedule: string };
}

/** Renders the next times of a schedule, one per line. */
function nextText({ next, now, isEnabled, canTellTimes }: TimedSchedule): string {
  if (next.length === 0) {
    return canTellTimes ? "It does not run again\n" : "Azure ML decides when it runs next\n";
  }
  return `${isEnabled ? "Next times:" : "Next times once resumed:"}\n${timeLines(next, now)}`;
}

/** Renders times, one per line, with how far away they are. */
function timeLines(times: TimedSchedule["next"], now: Date): string {
  return times.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join("");
}

/** A schedule for `--json`. */
function scheduleData(schedule: TimedSchedule): Readonly<Record<string, unknown>> {
  const { name, displayName, description, isEnabled, trigger, job, next } = schedule;
  return {
    schedule: name,
    displayName,
    description,
    isEnabled,
    trigger,
    experimentName: job?.experimentName,
    next: next.map(isoText),
  };
}

/** The schedule that a command manages. */
function scheduleRequest(typed: ScheduleTyped): ScheduleTargetOptions {
  return { ...typed, name: typed.args.schedule };
}
