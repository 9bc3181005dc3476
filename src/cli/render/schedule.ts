import type { Plan } from "../../azureml/plan.ts";
import type { NamedSchedule } from "../../azureml/to_schedule.ts";
import type { ScheduleConfig, WorkspaceConfig } from "../../config/azureml_config.ts";
import type { UserError } from "../../errors.ts";
import type { Output } from "../output.ts";
import { renderError } from "./error.ts";

/** When a schedule fires, in a few words. */
export function triggerText({ cron, recurrence }: ScheduleConfig): string {
  if (cron !== null) return `cron ${cron.expression}, ${cron.time_zone}`;
  const { interval, frequency, time_zone } = recurrence!;
  return `every ${interval === 1 ? "" : `${interval} `}${frequency}${
    interval === 1 ? "" : "s"
  }, ${time_zone}`;
}

/** Tells that Azure ML has a schedule. */
export function renderScheduled(schedule: NamedSchedule, workspace: WorkspaceConfig): Output {
  const { name, job, trigger } = schedule;
  return {
    data: { schedule: name, job, trigger, workspace },
    text: `✓ Schedule ${name} runs job ${job}: ${triggerText(trigger)}\n`,
  };
}

/** Tells why a job is not scheduled, or not whole, among others. */
export function renderNotScheduled(job: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} is not scheduled as azureml.yml says\n${text.replace(/^(?=.)/gm, "  ")}`,
    exit: error.exit,
  };
}

/** Tells that the schedules of a job were left as they are. */
export function renderNotReached(job: string, failed: string): Output {
  return {
    data: { job, skipped: true, because: failed },
    text: `· Job ${job} is left as it was, because ${failed} failed\n`,
  };
}

/** Shows a schedule that would be made. */
export function renderPlannedSchedule(schedule: NamedSchedule, plan: Plan, body: unknown): Output {
  const { name, job, trigger } = schedule;
  const { workspace, components } = plan;
  return {
    data: { schedule: name, job, dryRun: true, trigger, workspace, components, body },
    text: `Schedule ${name} would run job ${job}, pipeline ${plan.spec.pipelineName}, in workspace ` +
      `${workspace.name}: ${triggerText(trigger)}\n`,
  };
}

/** One schedule that is, or would be, deleted. */
export interface Unscheduled {
  readonly name: string;
  readonly job: string;
  readonly workspace: WorkspaceConfig;
}

/** Tells what became of a schedule that was to be deleted. */
export function renderUnscheduled(one: Unscheduled & { readonly deleted: boolean }): Output {
  const { name, job, workspace, deleted } = one;
  return {
    data: { schedule: name, job, workspace, deleted },
    text: deleted
      ? `✓ Schedule ${name} is deleted\n`
      : `· Schedule ${name} is not in workspace ${workspace.name}\n`,
  };
}

/** Shows a schedule that would be deleted. */
export function renderPlannedDelete({ name, job, workspace }: Unscheduled): Output {
  return {
    data: { schedule: name, job, workspace, dryRun: true },
    text: `Schedule ${name} would be deleted from workspace ${workspace.name}\n`,
  };
}
