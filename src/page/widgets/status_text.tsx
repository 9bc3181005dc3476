import { durationText } from "../../core/format.ts";
import type { StepProgress } from "../view.ts";

/** SVG path inside the circle of each tone's icon, on 16 × 16 pixels. */
const MARKS: Readonly<Partial<Record<Tone, string>>> = {
  completed: "M4.6 8.3l2.3 2.3 4.6-4.9",
  failed: "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2",
  queued: "M8 4.6V8l2.2 1.6",
  canceled: "M5 8h6",
};

/** The icon of a status, hidden from screen readers: the text is next to it. */
export function StatusIcon({ tone }: { readonly tone: Tone }) {
  return (
    <svg
      class={`icon ${tone}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      {tone === "running"
        ? (
          <>
            <circle cx="8" cy="8" r="6.25" class="track" />
            <path d="M8 1.75a6.25 6.25 0 0 1 6.25 6.25" class="arc" />
          </>
        )
        : tone === "waiting"
        ? <circle cx="8" cy="8" r="6" class="ring" />
        : (
          <>
            <circle cx="8" cy="8" r="7" class="disc" />
            <path d={MARKS[tone]} class="mark" />
          </>
        )}
    </svg>
  );
}

/** @param isShort Whether its icon is enough if it is completed. */
export function Status({ status, isShort = false }: {
  readonly status: string | undefined;
  readonly isShort?: boolean;
}) {
  const tone = toneOf(status);
  return (
    <span class={`status ${tone}`}>
      <StatusIcon tone={tone} />{" "}
      <span class={isShort && tone === "completed" ? "sr-only" : undefined}>{statusText(status)}</span>
    </span>
  );
}

/** Whether the page follows its server, and if not, why. */
export function Live({ problem }: { readonly problem: string | undefined }) {
  if (problem === undefined) return <span class="live">Live</span>;
  return <span class="live failed" role="status">Lost contact: {problem}</span>;
}

/** The display style of a status; several of Azure's statuses share one. */
export type Tone = "completed" | "failed" | "running" | "queued" | "canceled" | "waiting";

/** Of the statuses that Azure has; others are queued. */
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
  CancelRequested: "canceled",
  Canceled: "canceled",
  Skipped: "canceled",
  NotRun: "canceled",
  NotRunAgain: "canceled",
  Paused: "canceled",
};

/** The tone of a status; a step without a run is waiting. */
export function toneOf(status: string | undefined): Tone {
  return status === undefined ? "waiting" : TONES[status] ?? "queued";
}

export function statusText(status: string | undefined): string {
  if (status === undefined) return "Waiting";
  return status.replace(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
}

/** A duration for display, such as `1 h 4 min` or `2.5 s`. */
export function tookText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 9.95 ? `${seconds.toFixed(1).replace(/\.0$/, "")} s` : durationText(ms);
}

/** How long a step has run until `now`, in milliseconds; `undefined` before its start. */
export function ranFor({ startedAt, endedAt }: Pick<StepProgress, "startedAt" | "endedAt">, now: number) {
  return startedAt === undefined ? undefined : Math.max(0, (endedAt ?? now) - startedAt);
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
