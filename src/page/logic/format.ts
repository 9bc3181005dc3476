import type { StepProgress } from "../view.ts";

/** The display style of a status; several of Azure's statuses share one. */
export type Tone = "completed" | "failed" | "running" | "queued" | "canceled" | "waiting" | "none";

const TONES: Readonly<Record<string, Tone>> = {
  Completed: "completed",
  Finished: "completed",
  Failed: "failed",
  NotResponding: "failed",
  Running: "running",
  Finalizing: "running",
  Preparing: "running",
  Provisioning: "running",
  Starting: "running",
  Queued: "queued",
  NotStarted: "queued",
  CancelRequested: "canceled",
  Canceled: "canceled",
  Skipped: "canceled",
  NotRun: "canceled",
  Paused: "canceled",
};

/** The tone of a status; a step without a run is waiting. */
export function toneOf(status: string | undefined): Tone {
  return status === undefined ? "waiting" : TONES[status] ?? "queued";
}

/** A status as words. */
export function statusText(status: string | undefined): string {
  if (status === undefined) return "Waiting";
  return status.replace(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
}

/** A duration for display, such as `1 h 4 min` or `2.5 s`. */
export function tookText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

/** How long a step has run until `now`, in milliseconds; `undefined` before its start. */
export function ranFor({ startedAt, endedAt }: Pick<StepProgress, "startedAt" | "endedAt">, now: number) {
  return startedAt === undefined ? undefined : Math.max(0, (endedAt ?? now) - startedAt);
}

/** A time in the user's time zone and language. */
export function timeText(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** A time to the second, in the user's time zone and language. */
export function exactTimeText(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** A number of bytes for display. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Round intervals, in seconds, for the marks of a time axis. */
const DISTANCES_S = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30],
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
];

/** Marks on a time axis of `lengthMs` milliseconds, at most about `most`; offsets in milliseconds. */
export function axisMarks(lengthMs: number, most: number): readonly number[] {
  const wanted = lengthMs / 1000 / Math.max(1, most);
  const distance = (DISTANCES_S.find((seconds) => seconds >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400) *
    1000;
  return Array.from({ length: Math.floor(lengthMs / distance) + 1 }, (_, at) => at * distance);
}
