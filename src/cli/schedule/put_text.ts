import type { DeletedSchedule } from "../../app/schedule/delete.ts";
import type { PlannedSchedule, ScheduleResult } from "../../app/schedule/put.ts";
import { nextTimes } from "../../azureml/schedules/next_times.ts";
import type { ScheduleTrigger } from "../../azureml/schedules/schedule.ts";
import { type NamedSchedule, toTriggerRest } from "../../azureml/schedules/to_rest.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { UserError } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { renderError } from "../text/error.ts";
import { isoText, untilText, zonedText } from "../text/times.ts";

/** How many of the next times are told. */
export const TIMES = 5;

/** When a schedule fires, in a few words. */
export function triggerText(trigger: ScheduleTrigger): string {
  const { triggerType, expression, frequency, interval, timeZone } = trigger;
  const zone = timeZone ?? "UTC";
  if (triggerType === "Cron") return `cron ${expression}, ${zone}`;
  const unit = frequency!.toLowerCase();
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

/** Shows what became of a schedule that was sent. */
export function renderScheduleResult(result: ScheduleResult): Output {
  switch (result.type) {
    case "scheduled":
      return renderScheduled(result.schedule, result.workspace, result.now);
    case "failed":
      return renderNotScheduled(result.job, result.error);
    case "skipped":
      return renderNotReached(result.job, result.because);
  }
}

/** Tells that Azure ML has a schedule. */
function renderScheduled(schedule: NamedSchedule, workspace: WorkspaceConfig, now: Date): Output {
  const { name, job, trigger } = schedule;
  const wire = toTriggerRest(trigger);
  const times = nextTimes(wire, { after: now, createdAt: now, count: TIMES });
  const next = times[0] === undefined ? "" : `; next ${zonedText(times[0])}, ${untilText(times[0], now)}`;
  return {
    data: { schedule: name, job, trigger, workspace, next: times.map(isoText) },
    text: `✓ Schedule ${name} runs job ${job}: ${triggerText(wire)}${next}\n`,
  };
}

/** Tells why a job is not scheduled, or not whole, among others. */
function renderNotScheduled(job: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} is not scheduled as azureml.yml says\n${text.replace(/^(?=.)/gm, "  ")}`,
    exit: error.exit,
  };
}

/** Tells that the schedules of a job were left as they are. */
function renderNotReached(job: string, failed: string): Output {
  return {
    data: { job, skipped: true, because: failed },
    text: `· Job ${job} is left as it was, because ${failed} failed\n`,
  };
}

/** Shows a schedule that would be made. */
export function renderPlannedSchedule({ schedule, plan, body, now }: PlannedSchedule): Output {
  const { name, job, trigger } = schedule;
  const { workspace, components } = plan;
  const wire = toTriggerRest(trigger);
  const times = nextTimes(wire, { after: now, createdAt: now, count: TIMES });
  return {
    data: {
      schedule: name,
      job,
      dryRun: true,
      trigger,
      workspace,
      next: times.map(isoText),
      components,
      body,
    },
    text: `Schedule ${name} would run job ${job}, pipeline ${plan.spec.pipelineName}, in workspace ` +
      `${workspace.name}: ${triggerText(wire)}\n` +
      times.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join(""),
  };
}

/** Tells what became of a schedule that was to be deleted. */
export function renderDeleted(one: DeletedSchedule): Output {
  const { name, job, workspace, deleted } = one;
  if (deleted === undefined) return renderPlannedDelete(one);
  return {
    data: { schedule: name, job, workspace, deleted },
    text: deleted
      ? `✓ Schedule ${name} is deleted\n`
      : `· Schedule ${name} is not in workspace ${workspace.name}\n`,
  };
}

/** Shows a schedule that would be deleted. */
function renderPlannedDelete({ name, job, workspace }: DeletedSchedule): Output {
  return {
    data: { schedule: name, job, workspace, dryRun: true },
    text: `Schedule ${name} would be deleted from workspace ${workspace.name}\n`,
  };
}
