import type { Command } from "commander";
import type {
  DeletedSchedule,
  FiringTimes,
  listTimedSchedules,
  pauseOrResume,
  TimedSchedule,
} from "../../app/runs/schedules.ts";
import type { ScheduleCommandResult } from "../../app/submit/create_schedule.ts";
import type { Job } from "../../azureml/runs/jobs.ts";
import type { NamedSchedule } from "../../azureml/schedules/schedules.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { changedError, ExitCode, UserError } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { command } from "../parse/command.ts";
import { flag, many, text, value } from "../parse/field.ts";
import {
  allowingKedro0,
  checking,
  following,
  inWorkspace,
  inWorkspaceForAll,
  jobNames,
  ofProject,
  overriding,
  packaged,
  reading,
} from "../parse/options.ts";
import { count } from "../parse/values.ts";
import { failedOutput, skippedOutput } from "../text/error.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { isoText, tableText, untilText, utcText, zonedText } from "../text/render.ts";
import { renderResults } from "../text/run_results.ts";
import { USUAL_LIMIT } from "./job_list.ts";

const SHOWN_NAME = "name in Azure ML, as shown by `schedule list`";

const ofOne = { name: text("[schedule]", `${SHOWN_NAME} (default: the only one)`) };

const list = command({
  name: "list",
  about: "List the schedules in a workspace",
  examples: [["schedule list", "List schedules and when they run next"]],
  needs: ["azure", "earlier jobs"],
  options: inWorkspace,
  async run(ctx, typed) {
    const { listTimedSchedules } = await import("../../app/runs/schedules.ts");
    return renderSchedules(await listTimedSchedules(ctx, typed), ctx.terminal.outColumns);
  },
});

function renderSchedules(
  { schedules, workspace }: Awaited<ReturnType<typeof listTimedSchedules>>,
  columns?: number,
): Output {
  return {
    data: schedules.map(scheduleData),
    text: schedules.length === 0 ? `Workspace ${workspace.name} has no schedules\n` : tableText(
      schedules.map((schedule) => [schedule.name, schedule.when, nextOf(schedule)]),
      columns,
    ),
  };
}

function nextOf({ isEnabled, next, canTellTimes }: TimedSchedule): string {
  if (!isEnabled) return "paused";
  if (next[0] !== undefined) return `next ${zonedText(next[0])}`;
  return canTellTimes ? "never again" : "next time unknown";
}

const show = command({
  name: "show",
  about: "Show a schedule and its next run times",
  examples: [["schedule show main", "Show the next five runs"]],
  needs: ["azure", "earlier jobs"],
  args: ofOne,
  options: inWorkspace,
  async run(ctx, typed) {
    const { showSchedule } = await import("../../app/runs/schedules.ts");
    return renderSchedule(await showSchedule(ctx, typed));
  },
});

function renderSchedule(schedule: TimedSchedule): Output {
  const { name, displayName, description, isEnabled, trigger, when, job } = schedule;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["schedule", name],
    ["state", isEnabled ? "enabled" : "paused"],
    ["runs", when],
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

function enabling(name: string, about: string, isEnabled: boolean) {
  return command({
    name,
    about,
    examples: [[`schedule ${name} main`, about]],
    needs: ["azure", "earlier jobs"],
    args: ofOne,
    options: inWorkspace,
    async run(ctx, typed) {
      const { pauseOrResume } = await import("../../app/runs/schedules.ts");
      return renderEnabled(await pauseOrResume(ctx, { ...typed, isEnabled }));
    },
  });
}

const pause = enabling("pause", "Pause a schedule", false);
const resume = enabling("resume", "Resume a schedule", true);

function renderEnabled({ schedule, changed }: Awaited<ReturnType<typeof pauseOrResume>>): Output {
  const { name, isEnabled, next: [time], now } = schedule;
  const next = isEnabled && time !== undefined ? `; next ${timeText(time, now)}` : "";
  const state = isEnabled ? "enabled" : "paused";
  return {
    data: { ...scheduleData(schedule), changed },
    text: changed
      ? `✓ Schedule ${name} is ${state}${next}\n`
      : `· Schedule ${name} is already ${state}${next}\n`,
  };
}

const remove = command({
  name: "delete",
  about: "Delete schedules by name, including those no longer in azureml.yml",
  examples: [["schedule delete main", "Delete a schedule that is no longer in azureml.yml"]],
  needs: ["azure", "earlier jobs"],
  args: { names: many("<schedules...>", SHOWN_NAME) },
  options: {
    ...inWorkspace,
    dryRun: flag("--dry-run", "show what would be deleted, without deleting it"),
    yes: flag("-y, --yes", "do not ask before deleting"),
  },
  async *run(ctx, typed) {
    const question = `Delete schedule${typed.names.length === 1 ? "" : "s"} ${typed.names.join(", ")}?`;
    const isAsked = ctx.person !== undefined && !typed.yes && !typed.dryRun;
    if (isAsked && !await ctx.person.confirm(question)) {
      return yield { text: "· Nothing was deleted\n" };
    }
    const { deleteNamedSchedules } = await import("../../app/runs/schedules.ts");
    for await (const schedule of deleteNamedSchedules(ctx, typed)) {
      const isMissing = schedule.deleted === false;
      yield {
        ...renderDeleted(schedule),
        ...(isMissing &&
          { exit: ExitCode.Rejected, next: [`Run \`kedro-azureml schedule list\` to see the names`] }),
      };
    }
  },
});

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

const trigger = command({
  name: "trigger",
  about: "Run a schedule's job now",
  examples: [["schedule trigger main --wait", "Run the scheduled job now and wait until it ends"]],
  needs: ["azure", "earlier jobs"],
  args: ofOne,
  options: { ...inWorkspace, ...following },
  async *run(ctx, typed) {
    const { triggerNow } = await import("../../app/runs/schedules.ts");
    const { wait } = typed;
    let started = "";
    yield* renderResults(triggerNow(ctx, typed), {
      triggered({ schedule, name, studioUrl }) {
        started = name;
        return {
          data: { type: "triggered", schedule, name, studioUrl },
          submitted: name,
          text: `✓ Schedule ${schedule} started job ${name}\n${studioUrl}\n`,
        };
      },
    });
    if (!wait) {
      yield { text: "", next: [`Run \`kedro-azureml job follow ${started}\` to follow it`] };
    }
  },
});

const runs = command({
  name: "runs",
  about: "List the jobs that a schedule started, newest first",
  examples: [["schedule runs main --limit 5", "List the last five jobs of a schedule"]],
  needs: ["azure", "earlier jobs"],
  args: ofOne,
  options: {
    ...inWorkspace,
    limit: value("-L, --limit <count>", `most jobs to list (default: ${USUAL_LIMIT})`, count),
  },
  async run(ctx, typed) {
    const { runsOfSchedule } = await import("../../app/runs/schedules.ts");
    const { limit = USUAL_LIMIT } = typed;
    const { name, runs } = await runsOfSchedule(ctx, { ...typed, limit });
    return renderScheduleRuns(name, runs, ctx.terminal.outColumns);
  },
});

function renderScheduleRuns(
  schedule: string,
  runs: readonly Job[],
  columns: number | undefined,
): Output {
  const time = ({ createdAt }: Job) => createdAt === undefined ? "" : utcText(createdAt);
  return {
    data: runs.map(({ name, status, displayName, experimentName, studioUrl, createdAt }) => (
      { name, status, displayName, experimentName, studioUrl, createdAt }
    )),
    text: runs.length === 0
      ? `Schedule ${schedule} has started no jobs\n`
      : tableText(runs.map((run) => [run.name, run.status, time(run)]), columns),
  };
}

/** Creates, updates or deletes the schedules of jobs of a project, or of a package if `--package` names one. */
export const schedule = command({
  name: "schedule",
  about: `Create, update and manage job schedules.

A job has those of its key \`schedule\` in azureml.yml: \`kedro-azureml help jobs.schedule\` shows an example.`,
  summary: "Create, update and manage job schedules",
  examples: [
    ["schedule main", "Create or update the schedules of a job"],
    ["schedule list", "List schedules and when they run next"],
  ],
  needs: ["pipelines", "azure"],
  args: jobNames("jobs in azureml.yml"),
  options: {
    ...inWorkspaceForAll,
    dryRun: flag("--dry-run", "show what would change, without changing it"),
    ...checking,
    ...allowingKedro0("schedule"),
    ...ofProject({
      delete: flag("--delete", "delete the jobs' schedules instead", {
        rules: [{
          excludes: "environment",
          // usage.delete_and_environment: `--delete` needs no environment. Omit `--aml-env`.
          code: "usage.delete_and_environment",
          hint: "Omit `--aml-env`",
        }],
      }),
    }),
    ...ofProject({ ...overriding, ...reading }),
    ...packaged,
  },
  commands: [list, show, pause, resume, remove, trigger, runs],
  async *run(ctx, typed, command) {
    const { scheduleJobs, schedulePackage } = await import("../../app/submit/create_schedule.ts");
    const { package: file } = typed;
    const results = file === undefined
      ? scheduleJobs(ctx, typed)
      : schedulePackage(ctx, { ...typed, package: file });
    try {
      for await (const result of results) yield render(result);
    } catch (thrown) {
      throw withSubcommands(thrown, command);
    }
  },
});

/** Subcommands that other programs have, and ours. */
const MEANT: Readonly<Record<string, string>> = { disable: "pause", enable: "resume" };

/** Adds the subcommands to the error about a job that is unknown or not named, because one of them may be meant. */
function withSubcommands(thrown: unknown, { commands, args: [typed = ""] }: Command): unknown {
  if (!(thrown instanceof UserError) || !["job.unknown", "usage.no_job"].includes(thrown.code)) return thrown;
  const names = commands.map((command) => command.name());
  const meant = ownValue(MEANT, typed);
  return changedError(thrown, {
    details: [...thrown.details, `commands: ${names.join(", ")}`],
    ...(meant !== undefined && { hint: `Did you mean \`schedule ${meant}\`?` }),
  });
}

function render(result: ScheduleCommandResult): Output {
  switch (result.type) {
    case "checked":
      return { text: "", warnings: result.warnings };
    case "planned":
      return renderPlanned(result);
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

function renderScheduled(
  { schedule, workspace, times, isNew, resume }: Extract<ScheduleCommandResult, { type: "scheduled" }>,
): Output {
  const { name, job } = schedule;
  const { next: [time], now } = times;
  const first = time === undefined ? "" : `; next ${timeText(time, now)}`;
  return {
    data: {
      ...dataOfJob(schedule, workspace, times),
      created: isNew,
      isEnabled: resume === undefined,
    },
    text: `✓ Schedule ${name} runs job ${job}: ${times.when}${
      resume === undefined ? first : "; it is still paused"
    }\n`,
    ...(resume !== undefined && { next: [`Run \`${resume}\` to resume it`] }),
  };
}

function renderPlanned(
  { planned: { schedule, plan, body, times } }: Extract<ScheduleCommandResult, { type: "planned" }>,
): Output {
  const { name, job } = schedule;
  const { workspace, components } = plan;
  const { next, now } = times;
  return {
    data: { ...dataOfJob(schedule, workspace, times), dryRun: true, components, body },
    text: `Schedule ${name} would run job ${job}, pipeline ${plan.spec.pipelineName}, in workspace ` +
      `${workspace.name}: ${times.when}\n` +
      timeLines(next, now),
  };
}

function dataOfJob({ name, job, trigger }: NamedSchedule, workspace: WorkspaceConfig, { next }: FiringTimes) {
  return { schedule: name, job, trigger, workspace: workspaceData(workspace), next: next.map(isoText) };
}

function nextText({ next, now, isEnabled, canTellTimes }: TimedSchedule): string {
  if (next.length === 0) {
    return canTellTimes ? "It does not run again\n" : "Azure ML decides when it runs next\n";
  }
  return `${isEnabled ? "Next times:" : "Next times once resumed:"}\n${timeLines(next, now)}`;
}

function timeLines(times: TimedSchedule["next"], now: Date): string {
  return times.map((time) => `  ${timeText(time, now)}\n`).join("");
}

function timeText(time: TimedSchedule["next"][number], now: Date): string {
  return `${zonedText(time)}, ${untilText(time, now)}`;
}

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
