/** @jsxImportSource preact */
/// <reference lib="dom" />
import { statusText, type Tone, toneOf } from "../logic/format.ts";

/** SVG path inside the circle of each tone's icon, on 16 × 16 pixels. */
const MARKS: Readonly<Record<Tone, string>> = {
  completed: "M4.6 8.3l2.3 2.3 4.6-4.9",
  failed: "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2",
  running: "",
  queued: "M8 4.6V8l2.2 1.6",
  canceled: "M5 8h6",
  waiting: "",
  none: "",
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
        : tone === "waiting" || tone === "none"
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

/** A status with its icon. */
export function Status({ status }: { readonly status: string | undefined }) {
  return (
    <span class={`status ${toneOf(status)}`}>
      <StatusIcon tone={toneOf(status)} /> {statusText(status)}
    </span>
  );
}

/** Whether the page follows its server, and if not, why. */
export function Live({ problem }: { readonly problem: string | undefined }) {
  if (problem === undefined) return <span class="live">Live</span>;
  return <span class="live stale" role="status">Lost contact: {problem}</span>;
}
