/** @jsxImportSource preact */
/// <reference lib="dom" />
import { NOT_RUN } from "../../core/run.ts";
import { type Tone, toneOf } from "../logic/format.ts";
import type { StepView } from "../view.ts";

const TONE_ORDER: readonly Tone[] = ["completed", "failed", "canceled", "running", "queued", "waiting"];

/** What to call canceled steps: `not run` if they never started because of another step. */
function canceledWord(steps: readonly StepView[]): string {
  const canceled = steps.filter(({ status }) => toneOf(status) === "canceled");
  const notRun = canceled.filter(({ status }) => status === NOT_RUN);
  return notRun.length === 0
    ? "canceled"
    : notRun.length === canceled.length
    ? "not run"
    : "canceled or not run";
}

/** Shows the number of steps by status; each number is a filter. */
export function RunProgress({ steps, chosen, choose }: {
  readonly steps: readonly StepView[];
  readonly chosen: Tone | undefined;
  readonly choose: (tone: Tone | undefined) => void;
}) {
  const counts = new Map<Tone, number>();
  for (const { status } of steps) counts.set(toneOf(status), (counts.get(toneOf(status)) ?? 0) + 1);
  const tones = TONE_ORDER.filter((tone) => counts.has(tone));
  if (steps.length === 0) return null;
  return (
    <div class="progress">
      <div class="bar" aria-hidden="true">
        {tones.map((tone) => <span key={tone} class={tone} style={{ flexGrow: String(counts.get(tone)) }} />)}
      </div>
      <div class="counts" role="group" aria-label="Filter steps by status">
        {tones.map((tone) => (
          <button
            key={tone}
            type="button"
            class={`chip ${tone}`}
            aria-pressed={chosen === tone}
            onClick={() => choose(chosen === tone ? undefined : tone)}
          >
            <span class="swatch" aria-hidden="true" /> {counts.get(tone)!.toLocaleString("en")}{" "}
            {tone === "canceled" ? canceledWord(steps) : tone}
          </button>
        ))}
      </div>
    </div>
  );
}
