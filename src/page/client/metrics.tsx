/** @jsxImportSource preact */
/// <reference lib="dom" />
import { numberText } from "../../core/format.ts";
import type { RunView, TrackedView } from "../view.ts";
import { Table } from "../widgets/widgets.tsx";
import { Pairs } from "../widgets/widgets.tsx";

/** One metric of a run, with its place in the job. */
interface MetricRow {
  readonly name: string;
  readonly value: number | string;
  /** Key of the step; absent for the job itself. */
  readonly step?: string;
  readonly label: string;
}

/** All metrics of a run in the order of its steps. */
export function metricRows({ steps, tracked, name }: RunView): readonly MetricRow[] {
  const rowsOf = (views: readonly TrackedView[] | undefined, label: string, step?: string): MetricRow[] =>
    (views ?? []).flatMap(({ nested, metrics }) =>
      metrics.map(([name, value]) => ({
        name,
        value,
        label: nested === undefined ? label : `${label} > ${nested}`,
        ...(step !== undefined && { step }),
      }))
    );
  return [
    ...steps.flatMap(({ key, label, tracked }) => rowsOf(tracked, label, key)),
    ...rowsOf(tracked, name),
  ];
}

/** A number as text with at most six digits. */
export function metricText(value: number | string): string {
  return typeof value === "number" ? numberText(value) : value;
}

/** Shows the metrics of all steps as a table. */
export function Metrics({ rows, select }: {
  readonly rows: readonly MetricRow[];
  readonly select: (key: string) => void;
}) {
  return (
    <Table label="Metrics" kind="metrics" heads={[["Metric"], ["Value", "number"], ["Step", "col-step"]]}>
      {rows.map(({ name, value, step, label }, at) => {
        const place = step === undefined ? label : (
          <button
            type="button"
            class="link"
            onClick={() => select(step)}
          >
            {label}
          </button>
        );
        return (
          <tr key={at}>
            <th scope="row">
              {name}
              <span class="under">{place}</span>
            </th>
            <td class="number" title={String(value)}>{metricText(value)}</td>
            <td class="col-step">{place}</td>
          </tr>
        );
      })}
    </Table>
  );
}

/** Shows what one step logged to MLflow: its metrics and parameters, and those of nested runs. */
export function Tracked({ tracked }: { readonly tracked: readonly TrackedView[] }) {
  return (
    <>
      {tracked.map(({ nested, metrics, params }, at) => (
        <div class="tracked" key={at}>
          {nested === undefined ? null : <h4>{nested}</h4>}
          {metrics.length > 0 && (
            <Pairs pairs={metrics.map(([name, value]) => [name, metricText(value)] as const)} />
          )}
          {params.length > 0 && (
            <details>
              <summary>{params.length} logged {params.length === 1 ? "parameter" : "parameters"}</summary>
              <Pairs pairs={params} />
            </details>
          )}
        </div>
      ))}
    </>
  );
}
