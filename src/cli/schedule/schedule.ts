import type { Command } from "commander";
import type { AppContext } from "../../app/context.ts";
import type { PlannedSchedule } from "../../app/schedule/put.ts";
import { type ScheduleCommandResult, scheduleJobs, schedulePackage } from "../../app/schedule/schedule.ts";
import { triggerText } from "../../app/schedule/times.ts";
import { ownValue } from "../../core/fields.ts";
import { changedError, UserError } from "../../core/errors.ts";
import { checkRequest, type CheckTyped } from "../command/requests.ts";
import { checkSource, packageRequest, type PackageTyped } from "../command/package_request.ts";
import { type Output, workspaceData } from "../command/output.ts";
import { failedOutput, skippedOutput } from "../text/error.ts";
import { isoText, untilText, zonedText } from "../text/units.ts";
import { timeLines } from "./schedule_text.ts";
import { renderDeleted } from "./delete.ts";

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
