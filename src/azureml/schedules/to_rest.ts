import type { ScheduleConfig } from "../../config/azureml/types.ts";
import type { JobBody } from "../write/to_rest.ts";
import { compact } from "../write/records.ts";
import type { ScheduleTrigger } from "./schedule.ts";

/** One schedule of a job, under its name in Azure ML. */
export interface NamedSchedule {
  readonly name: string;
  /** The job's name in azureml.yml. */
  readonly job: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly trigger: ScheduleConfig;
}

/** A whole schedule as Azure takes it. Pure. */
export function toScheduleRest(schedule: NamedSchedule, job: JobBody): { properties: unknown } {
  return {
    properties: compact({
      description: schedule.description,
      properties: {},
      tags: {},
      action: { jobDefinition: job.properties, actionType: "CreateJob" },
      displayName: schedule.displayName,
      trigger: toTriggerRest(schedule.trigger),
    }),
  };
}

/** When a schedule fires, as Azure takes it. */
export function toTriggerRest({ cron, recurrence }: ScheduleConfig): ScheduleTrigger {
  if (cron !== null) {
    return { triggerType: "Cron", expression: cron.expression, ...window(cron) };
  }
  const { frequency, interval, schedule } = recurrence!;
  return {
    triggerType: "Recurrence",
    frequency,
    interval,
    ...(schedule !== null && {
      schedule: compact({
        hours: schedule.hours ?? undefined,
        minutes: schedule.minutes ?? undefined,
        weekDays: schedule.week_days ?? undefined,
      }),
    }),
    ...window(recurrence!),
  };
}

function window(
  { start_time, end_time, time_zone }: {
    readonly start_time: string | null;
    readonly end_time: string | null;
    readonly time_zone: string;
  },
): Pick<ScheduleTrigger, "startTime" | "endTime" | "timeZone"> {
  return compact({ startTime: start_time || undefined, endTime: end_time || undefined, timeZone: time_zone });
}
