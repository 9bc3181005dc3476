import { canTellTimes, nextTimes } from "../../azureml/schedules/next_times.ts";
import type { ScheduledRun } from "../../azureml/schedules/runs.ts";
import type { Schedule } from "../../azureml/schedules/schedule.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { Output } from "../command/output.ts";
import { TIMES, triggerText } from "./put_text.ts";
import { tableText } from "../text/table.ts";
import { isoText, untilText, utcText, zonedText } from "../text/times.ts";

function timesOf({ trigger, createdAt }: Schedule, now: Date, count: number): Temporal.ZonedDateTime[] {
  return nextTimes(trigger, { after: now, createdAt, count });
}

/** Lists schedules: what they run, when they fire, and when next. */
export function renderSchedules(
  schedules: readonly Schedule[],
  { now, workspace }: { readonly now: Date; readonly workspace: WorkspaceConfig },
): Output {
  const next = (schedule: Schedule) => {
    if (!schedule.isEnabled) return "paused";
    const [time] = timesOf(schedule, now, 1);
    if (time !== undefined) return `next ${zonedText(time)}`;
    return canTellTimes(schedule.trigger) ? "never again" : "when next, only Azure can tell";
  };
  return {
    data: schedules.map((one) => scheduleData(one, now)),
    text: schedules.length === 0
      ? `Workspace ${workspace.name} has no schedules\n`
      : tableText(schedules.map((one) => [one.name, triggerText(one.trigger), next(one)])),
  };
}

/** Shows a schedule whole. */
export function renderSchedule(schedule: Schedule, now: Date): Output {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["schedule", name],
    ["state", isEnabled ? "enabled" : "paused"],
    ["fires", triggerText(trigger)],
    ["from", trigger.startTime],
    ["until", trigger.endTime],
    ["job", job?.displayName ?? displayName],
    ["experiment", job?.experimentName],
    ["description", description],
  ];
  return {
    data: scheduleData(schedule, now),
    text: tableText(rows.flatMap(([label, value]) => value ? [[label, value]] : [])) +
      nextText(schedule, now),
  };
}

function nextText(schedule: Schedule, now: Date): string {
  const times = timesOf(schedule, now, TIMES);
  if (times.length === 0) {
    return canTellTimes(schedule.trigger)
      ? "It does not fire again\n"
      : "Only Azure can tell when it fires next\n";
  }
  const lines = times.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join("");
  return `${schedule.isEnabled ? "Next times:" : "Once it is resumed, it fires:"}\n${lines}`;
}

function scheduleData(schedule: Schedule, now: Date): unknown {
  const { name, displayName, description, isEnabled, trigger, job } = schedule;
  return {
    schedule: name,
    displayName,
    description,
    isEnabled,
    trigger,
    experimentName: job?.experimentName,
    next: timesOf(schedule, now, TIMES).map(isoText),
  };
}

/** Tells that a schedule is paused or goes on. */
export function renderEnabled(
  schedule: Schedule,
  { changed, now }: { readonly changed: boolean; readonly now: Date },
): Output {
  const { name, isEnabled } = schedule;
  const [time] = timesOf(schedule, now, 1);
  const next = isEnabled && time !== undefined ? `; next ${zonedText(time)}, ${untilText(time, now)}` : "";
  const state = isEnabled ? "enabled" : "paused";
  return {
    data: { ...scheduleData(schedule, now) as object, changed },
    text: changed
      ? `✓ Schedule ${name} is ${state}${next}\n`
      : `· Schedule ${name} is ${state} already${next}\n`,
  };
}

/** Tells which job a schedule made now. */
export function renderTriggered(
  { schedule, job, studioUrl }: {
    readonly schedule: string;
    readonly job: string;
    readonly studioUrl: string;
  },
): Output {
  return {
    data: { schedule, name: job, studioUrl },
    text: `✓ Schedule ${schedule} runs now, as job ${job}\n${studioUrl}\n`,
  };
}

/** Lists the jobs that a schedule made. */
export function renderScheduleRuns(schedule: string, runs: readonly ScheduledRun[]): Output {
  const time = ({ createdAt }: ScheduledRun) => createdAt === undefined ? "" : utcText(createdAt);
  return {
    data: runs.map(({ name, status, displayName, experimentName, studioUrl, createdAt }) => ({
      name,
      status,
      displayName,
      experimentName,
      studioUrl,
      createdAt: createdAt?.toISOString(),
    })),
    text: runs.length === 0
      ? `Schedule ${schedule} has made no jobs\n`
      : tableText(runs.map((run) => [run.name, run.status, time(run)])),
  };
}
