import { axisMarks, ranFor, statusText, toneOf, tookText } from "./status.tsx";
import { cutMiddle } from "../../core/format.ts";
import type { RunView, StepView } from "../view.ts";
import type { ListProps } from "./steps.tsx";
import { StatusIcon } from "./status.tsx";

/** Shows when each step waited and ran, as bars on one axis. */
export function TimelineBars({ run, steps, now, selected, select }: ListProps & {
  readonly run: RunView;
  readonly now: number;
}) {
  const begun = steps.filter(({ queuedAt, startedAt }) => (queuedAt ?? startedAt) !== undefined);
  if (begun.length === 0) return <p class="empty">No step has started yet.</p>;
  const times = run.steps.flatMap(({ queuedAt, startedAt, endedAt }) => [queuedAt, startedAt, endedAt])
    .filter((time) => time !== undefined);
  const from = times.reduce((least, time) => Math.min(least, time), run.createdAt ?? Infinity);
  const isOver = run.endedAt !== undefined;
  const to = Math.max(
    times.reduce((most, time) => Math.max(most, time), 0),
    isOver ? run.endedAt! : now,
    from + 1000,
  );
  const length = to - from;
  const percent = (time: number) => `${((time - from) / length * 100).toFixed(3)}%`;
  const sorted = begun.toSorted((one, other) => startOf(one) - startOf(other));
  const marks = axisMarks(length, 8);
  return (
    <div class="timeline">
      <div class="axis" aria-hidden="true">
        <span class="corner">{tookText(length)} in all</span>
        <span class="scale">
          {marks.map((mark) => <span key={mark} style={{ left: percent(from + mark) }}>{tookText(mark)}
          </span>)}
        </span>
      </div>
      <ul aria-label="Steps by start time">
        {sorted.map((step) => (
          <li key={step.key} class={step.key === selected ? "row chosen" : "row"}>
            <button type="button" onClick={() => select(step.key)}>
              <span class="label">
                <StatusIcon tone={toneOf(step.status)} />
                <span class="name" title={step.label}>{cutMiddle(step.label, 34)}</span>
                <span class="sr-only">, {spoken(step, from, now)}</span>
              </span>
              <span class="bars" aria-hidden="true">
                {marks.slice(1).map((mark) => (
                  <span key={mark} class="mark" style={{ left: percent(from + mark) }} />
                ))}
                <Bars step={step} now={now} percent={percent} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Bars({ step, now, percent }: {
  readonly step: StepView;
  readonly now: number;
  readonly percent: (time: number) => string;
}) {
  const { queuedAt, startedAt, endedAt } = step;
  const ran = ranFor(step, now);
  const end = endedAt ?? now;
  const waitedTo = startedAt ?? end;
  const width = (start: number, end: number) => `calc(${percent(end)} - ${percent(start)})`;
  return (
    <>
      {queuedAt !== undefined && waitedTo > queuedAt && (
        <span class="bar wait" style={{ left: percent(queuedAt), width: width(queuedAt, waitedTo) }} />
      )}
      {startedAt !== undefined && (
        <span
          class={`bar ${toneOf(step.status)}`}
          style={{ left: percent(startedAt), width: width(startedAt, end) }}
        />
      )}
      {ran !== undefined && <span class="took" style={{ left: percent(end) }}>{tookText(ran)}</span>}
    </>
  );
}

function startOf({ startedAt, queuedAt }: StepView): number {
  return startedAt ?? queuedAt ?? Infinity;
}

function spoken(step: StepView, from: number, now: number): string {
  const { queuedAt, startedAt } = step;
  const ran = ranFor(step, now);
  return [
    statusText(step.status),
    queuedAt !== undefined && startedAt !== undefined
      ? `waited ${tookText(startedAt - queuedAt)}`
      : undefined,
    ran === undefined ? undefined : `ran ${tookText(ran)}`,
    startedAt === undefined ? undefined : `started after ${tookText(startedAt - from)}`,
  ].filter((part) => part !== undefined).join(", ");
}
