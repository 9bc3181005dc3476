import type {
  CronTrigger,
  JobScheduleAction,
  RecurrenceTrigger,
  ScheduleProperties,
} from "@azure/arm-machinelearning";
import type { ScheduleConfig } from "../../../config/azureml/types.ts";
import type { DraftOf, JobBody } from "../../job/write/job_body.ts";
import { compact } from "../../job/write/records.ts";
import { localTime, windowsZone } from "./time_zones.ts";

/** A schedule of a job, with its name in Azure ML. */
export interface NamedSchedule {
  readonly name: string;
  /** The job's name in azureml.yml. */
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

/** The trigger of a schedule in Azure's format. */
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
