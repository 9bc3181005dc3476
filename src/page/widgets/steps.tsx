import { useState } from "preact/hooks";
import { ranFor, statusText, toneOf, tookText } from "./status.tsx";
import type { StepView } from "../view.ts";
import { Time } from "./widgets.tsx";
import { Status } from "./status.tsx";
import { sizeText } from "../../core/format.ts";

export interface ListProps {
  readonly steps: readonly StepView[];
  readonly selected: string | undefined;
  readonly select: (key: string) => void;
}

interface Column {
  readonly id: string;
  readonly label: string;
  readonly order: (step: StepView, now: number) => number | string;
  /** Whether the first click shows the largest first. */
  readonly isLargestFirst?: boolean;
}

const COLUMNS: readonly Column[] = [
  { id: "name", label: "Step", order: ({ label }) => label.toLowerCase() },
  { id: "status", label: "Status", order: ({ status }) => statusText(status) },
  { id: "took", label: "Duration", order: (step, now) => ranFor(step, now) ?? -1, isLargestFirst: true },
  { id: "waited", label: "Waited", order: (step) => waitedFor(step) ?? -1, isLargestFirst: true },
  { id: "started", label: "Started", order: ({ startedAt }) => startedAt ?? Infinity },
  { id: "memory", label: "Peak memory", order: ({ usage }) => usage?.peakBytes ?? -1, isLargestFirst: true },
  { id: "compute", label: "Compute", order: ({ compute }) => compute ?? "" },
];

/** Shows the steps as a table, an alternative to the graph, also for screen readers. */
export function Steps({ steps, now, selected, select }: ListProps & { readonly now: number }) {
  const [sort, setSort] = useState<{ readonly id: string; readonly isDown: boolean }>();
  const columns = steps.some(({ usage }) => usage !== undefined)
    ? COLUMNS
    : COLUMNS.filter(({ id }) => id !== "memory");
  const column = COLUMNS.find(({ id }) => id === sort?.id);
  const rows = column === undefined ? steps : sorted(steps, column, sort!.isDown, now);
  const click = (id: string, isLargestFirst = false) => {
    if (sort?.id !== id) setSort({ id, isDown: isLargestFirst });
    else setSort(sort.isDown === isLargestFirst ? { id, isDown: !isLargestFirst } : undefined);
  };
  if (steps.length === 0) return <p class="empty">No step matches the filter.</p>;
  return (
    <div class="table-frame" role="region" aria-label="Steps" tabIndex={0}>
      <table class="steps">
        <thead>
          <tr>
            {columns.map(({ id, label, isLargestFirst }) => (
              <th
                key={id}
                scope="col"
                class={`col-${id}`}
                aria-sort={sort?.id === id ? (sort.isDown ? "descending" : "ascending") : undefined}
              >
                <button type="button" onClick={() => click(id, isLargestFirst)}>
                  {label} <span aria-hidden="true">{sort?.id === id ? (sort.isDown ? "↓" : "↑") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        {groups(rows).map((group, at) => (
          <tbody key={at}>
            {group.map((step) => (
              <Row
                key={step.key}
                step={step}
                now={now}
                isChosen={step.key === selected}
                hasMemory={columns === COLUMNS}
                select={select}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Row({ step, now, isChosen, hasMemory, select }: {
  readonly step: StepView;
  readonly now: number;
  readonly isChosen: boolean;
  readonly hasMemory: boolean;
  readonly select: (key: string) => void;
}) {
  const ran = ranFor(step, now);
  const waited = waitedFor(step);
  return (
    <tr
      class={isChosen ? `chosen ${toneOf(step.status)}` : toneOf(step.status)}
      onClick={() => select(step.key)}
    >
      <th scope="row" class="col-name">
        <button
          type="button"
          class="link"
          aria-pressed={isChosen}
          onClick={(event) => {
            event.stopPropagation();
            select(step.key);
          }}
        >
          <span title={step.label}>{step.label}</span>
        </button>
        {step.nodes && step.nodes.length > 1 && <span class="count">{step.nodes.length}</span>}
      </th>
      <td class="col-status">
        <Status status={step.status} />
      </td>
      <td class="col-took">{ran === undefined ? "–" : tookText(ran)}</td>
      <td class="col-waited">{waited === undefined ? "–" : tookText(waited)}</td>
      <td class="col-started">{step.startedAt === undefined ? "–" : <Time ms={step.startedAt} />}</td>
      {hasMemory && (
        <td class="col-memory">{step.usage === undefined ? "–" : sizeText(step.usage.peakBytes)}</td>
      )}
      <td class="col-compute">{step.compute ?? "–"}</td>
    </tr>
  );
}

function waitedFor({ queuedAt, startedAt }: StepView): number | undefined {
  return queuedAt === undefined || startedAt === undefined ? undefined : startedAt - queuedAt;
}

function sorted(
  steps: readonly StepView[],
  { order }: Column,
  isDown: boolean,
  now: number,
): readonly StepView[] {
  const before = isDown ? 1 : -1;
  return steps.toSorted((one, other) => {
    const [a, b] = [order(one, now), order(other, now)];
    return a < b ? before : a > b ? -before : 0;
  });
}

/** Groups rows, so that the browser lays out only the groups that are visible. */
function groups(rows: readonly StepView[]): readonly (readonly StepView[])[] {
  return Array.from({ length: Math.ceil(rows.length / 50) }, (_, at) => rows.slice(at * 50, at * 50 + 50));
}
