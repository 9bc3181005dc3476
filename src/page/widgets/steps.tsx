import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { sizeText } from "../../core/format.ts";
import { compareNames } from "../graph_layout.ts";
import type { RunView, StepView } from "../view.ts";
import { axisMarks, ranFor, Status, statusText, toneOf, tookText } from "./status_text.tsx";
import { Table, Time } from "./widgets.tsx";

export interface ListProps {
  readonly steps: readonly StepView[];
  readonly selected?: string | undefined;
  readonly select: (key: string) => void;
}

interface Column {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly cell: (step: StepView) => ComponentChildren;
  readonly order?: (step: StepView) => number | string;
  /** Whether the first click shows the largest first. */
  readonly isLargestFirst?: boolean;
}

/** Shows steps as a table, an alternative to the graph, also for screen readers. */
export function StepTable({ label, columns, first, steps, selected, select }: ListProps & {
  readonly label: string;
  /** Those after the name. */
  readonly columns: readonly Column[];
  /** How rows are sorted until a head is clicked (default: not at all). */
  readonly first?: {
    readonly id: string;
    readonly isDown: boolean;
  };
}) {
  const [sort, setSort] = useState(first);
  const all = [
    { id: "name", label, cell: () => undefined, order: ({ label }: StepView) => label },
    ...columns,
  ];
  const { order } = all.find(({ id }) => id === sort?.id) ?? {};
  if (steps.length === 0) return <p class="empty">No {label.toLowerCase()} matches the filter.</p>;
  return (
    <Table
      label={`${label}s`}
      kind="steps"
      heads={all.map(({ id, label, order, isLargestFirst = false }: Column) => [
        order === undefined ? label : (
          <button
            type="button"
            onClick={() => setSort({ id, isDown: sort?.id === id ? !sort.isDown : isLargestFirst })}
          >
            {label} <span aria-hidden="true">{sort?.id === id ? (sort.isDown ? "↓" : "↑") : ""}</span>
          </button>
        ),
        `col-${id}`,
        sort?.id === id ? (sort.isDown ? "descending" : "ascending") : undefined,
      ])}
    >
      {(order === undefined ? steps : sorted(steps, order, sort!.isDown)).map((step) => (
        <tr
          key={step.key}
          class={`${step.key === selected ? "chosen " : ""}${toneOf(step.status)}`}
          onClick={() => select(step.key)}
        >
          <th scope="row" class="col-name">
            <button type="button" class="link" aria-pressed={step.key === selected}>{step.label}</button>
            {step.nodes && step.nodes.length > 1 && <span class="count">{step.nodes.length}</span>}
          </th>
          {columns.map(({ id, cell }) => <td key={id} class={`col-${id}`}>{cell(step) ?? "–"}</td>)}
        </tr>
      ))}
    </Table>
  );
}

function sorted(
  steps: readonly StepView[],
  order: NonNullable<Column["order"]>,
  isDown: boolean,
): readonly StepView[] {
  return steps.toSorted((one, other) => {
    const [a, b] = [order(one), order(other)];
    const difference = typeof a === "string" ? compareNames(a, String(b)) : a - Number(b);
    return isDown ? -difference : difference;
  });
}

/** Shows the steps of a run by when they started, with bars for how long they waited and ran. */
export function Steps({ run, now, ...list }: ListProps & { readonly run: RunView; readonly now: number }) {
  const ran = (step: StepView) => ranFor(step, now);
  const columns: readonly Column[] = [
    {
      id: "status",
      label: "Status",
      cell: ({ status }) => <Status status={status} />,
      order: ({ status }) => statusText(status),
    },
    {
      id: "took",
      label: "Duration",
      cell: (step) => ran(step) === undefined ? undefined : tookText(ran(step)!),
      order: (step) => ran(step) ?? -1,
      isLargestFirst: true,
    },
    barsOf(list.steps, list.steps.length === run.steps.length ? run : undefined, now),
    {
      id: "started",
      label: "Started",
      cell: ({ startedAt }) => startedAt && <Time ms={startedAt} isShort />,
      order: ({ startedAt }) => startedAt ?? Infinity,
    },
    {
      id: "memory",
      label: "Peak memory",
      cell: ({ usage }) => usage && sizeText(usage.peakBytes),
      order: ({ usage }) => usage?.peakBytes ?? -1,
      isLargestFirst: true,
    },
    {
      id: "compute",
      label: "Compute",
      cell: ({ compute }) => compute,
      order: ({ compute }) => compute ?? "",
    },
  ];
  const isUsed: Readonly<Record<string, boolean>> = {
    bars: list.steps.some(({ queuedAt, startedAt }) => (queuedAt ?? startedAt) !== undefined),
    memory: run.steps.some(({ usage }) => usage !== undefined),
    compute: new Set(run.steps.map(({ compute }) => compute)).size > 1,
  };
  return (
    <StepTable
      {...list}
      label="Step"
      columns={columns.filter(({ id }) => isUsed[id] ?? true)}
      first={{ id: "started", isDown: false }}
    />
  );
}

/** Marks on the axis, and the share of it from which the preparation of the job is named. */
const [MOST_MARKS, NOTABLE] = [5, 0.15];

/** The column of the bars, all on one axis, whose marks are in its head: it spans the run, or of found steps only them. */
function barsOf(
  steps: readonly StepView[],
  run: Pick<RunView, "createdAt" | "endedAt"> | undefined,
  now: number,
): Column {
  const { createdAt = Infinity, endedAt = now } = run ?? { endedAt: 0 };
  const times = steps.flatMap(({ queuedAt = Infinity, startedAt = queuedAt, endedAt = now }) =>
    startedAt === Infinity ? [] : [Math.min(queuedAt, startedAt), endedAt]
  );
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  const from = Math.min(first, createdAt);
  const to = times.reduce((most, time) => Math.max(most, time), Math.max(endedAt, from + 1000));
  const percent = (ms: number) => `${(ms / (to - from) * 100).toFixed(3)}%`;
  // The name of a mark at the end would be beside the column.
  const marks = axisMarks(to - from, MOST_MARKS).filter((mark) => mark < 0.9 * (to - from));
  const bar = (kind: string, start: number, end: number) =>
    end > start && (
      <span class={`bar ${kind}`} style={{ left: percent(start - from), width: percent(end - start) }} />
    );
  return {
    id: "bars",
    label: (
      <span class="scale">
        <span class="sr-only">Timeline of {tookText(to - from)}</span>
        {marks.map((mark) => (
          <span key={mark} style={{ left: percent(mark) }} aria-hidden="true">
            {mark === 0 && (first - from) / (to - from) > NOTABLE ? "preparing" : tookText(mark)}
          </span>
        ))}
      </span>
    ),
    cell({ status, queuedAt, startedAt, endedAt = now }) {
      const begun = startedAt ?? endedAt;
      const waited = queuedAt === undefined ? "" : `waited ${tookText(begun - queuedAt)}`;
      return (
        <span class="bars" title={waited} style={{ "--mark": percent(marks[1] ?? to - from) }}>
          {queuedAt !== undefined && bar("wait", queuedAt, begun)}
          {startedAt !== undefined && bar(toneOf(status), startedAt, endedAt)}
          {waited && <span class="sr-only">{waited}</span>}
        </span>
      );
    },
  };
}
