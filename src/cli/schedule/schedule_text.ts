import type { TimedSchedule } from "../../app/schedule/times.ts";
import type { SchedulesOptions, ScheduleTargetOptions } from "../../app/schedule/target.ts";
import { isoText, untilText, zonedText } from "../text/units.ts";

/** What is typed for a command that manages one schedule. */
export interface ScheduleTyped extends SchedulesOptions {
  /** Its name in Azure ML. */
  readonly args: { readonly schedule: string };
}

/** Renders the next times of a schedule, one per line. */
export function nextText({ next, now, isEnabled, canTellTimes }: TimedSchedule): string {
  if (next.length === 0) {
    return canTellTimes ? "It does not run again\n" : "Azure ML decides when it runs next\n";
  }
  return `${isEnabled ? "Next times:" : "Next times once resumed:"}\n${timeLines(next, now)}`;
}

/** Renders times, one per line, with how far away they are. */
export function timeLines(times: TimedSchedule["next"], now: Date): string {
  return times.map((time) => `  ${zonedText(time)}, ${untilText(time, now)}\n`).join("");
}

/** A schedule for `--json`. */
export function scheduleData(schedule: TimedSchedule): Readonly<Record<string, unknown>> {
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
export function scheduleRequest(typed: ScheduleTyped): ScheduleTargetOptions {
  return { ...typed, name: typed.args.schedule };
}
