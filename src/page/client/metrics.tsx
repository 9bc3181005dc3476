import { useState } from "preact/hooks";
import { numberText } from "../../core/format.ts";
import { percentText } from "../../core/change.ts";
import type { MetricView, RunView, TrackedView } from "../view.ts";
import { FilterField, Pairs, Table } from "../widgets/widgets.tsx";
import { Files } from "./artifacts.tsx";

/** What a run of MLflow logged, and its place in the job, such as `train > fold 1`. */
export interface Logged extends TrackedView {
  readonly label: string;
  /** Key of the step; absent for the job itself. */
  readonly step?: string;
}

/** One metric of a run, with its place in the job. */
interface MetricRow extends MetricView, Pick<Logged, "step" | "label"> {}

/** What was logged, in the order of the steps. */
export function loggedIn({ steps, tracked, name }: RunView): readonly Logged[] {
  const all = (views: readonly TrackedView[] | undefined, label: string, step?: string): readonly Logged[] =>
    (views ?? []).map((view) => ({
      ...view,
      label: view.nested === undefined ? label : `${label} > ${view.nested}`,
      ...(step !== undefined && { step }),
    }));
  return [...steps.flatMap(({ key, label, tracked }) => all(tracked, label, key)), ...all(tracked, name)];
}

export function metricRows(logged: readonly Logged[]): readonly MetricRow[] {
  return logged.flatMap(({ metrics, step, label }) =>
    metrics.map((metric) => ({ ...metric, label, ...(step !== undefined && { step }) }))
  );
}

/** A number as text with at most six digits. */
export function metricText(value: number | string): string {
  return typeof value === "number" ? numberText(value) : value;
}

/** Metrics of which small values are good, and others of which large ones are. */
const LOW = /loss|error|mse|mape|deviance|brier|(?:^|[_\W])mae(?:[_\W]|$)/i;
const HIGH = /accuracy|precision|recall|score(?!_time)|(?:^|[_\W])(?:acc|r2|f1|auc)(?:[_\W]|$)/i;

/** A change of a metric, green where it is better, and red where it is worse. */
export function Change({ name, change }: { readonly name: string; readonly change: number | undefined }) {
  if (change === undefined) return null;
  const better = LOW.test(name) ? -1 : HIGH.test(name) ? 1 : 0;
  const color = ["failed", "text-dim", "completed"][Math.sign(change * better) + 1];
  return <span style={{ color: `var(--${color})` }}>{percentText(change)}</span>;
}

/** The best of several values, if the name of their metric tells which that is. */
function bestOf(name: string, values: readonly (number | string | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < 2 || new Set(numbers).size < 2) return undefined;
  return LOW.test(name) ? Math.min(...numbers) : HIGH.test(name) ? Math.max(...numbers) : undefined;
}

/** Shows all that the steps logged: curves, metrics by run, and then each run with its parameters, tags and files. */
export function Results({ logged, select }: {
  readonly logged: readonly Logged[];
  readonly select: (key: string) => void;
}) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const rows = metricRows(logged);
  const found = rows.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(wanted));
  return (
    <div class="results">
      {rows.length > 0 && (
        <FilterField
          hint="Find metrics"
          label="Filter metrics by name or step"
          value={text}
          set={setText}
          found={found.length}
          all={rows.length}
        />
      )}
      <Charts rows={found} />
      <ByRun rows={found} />
      <Metrics rows={found} select={select} />
      {wanted === "" && logged.map((one, at) => (
        hasMore(one) && (
          <section key={at}>
            <h2>{one.label}</h2>
            <More of={one} />
          </section>
        )
      ))}
    </div>
  );
}

/** Curves of each metric, those of several runs over each other. */
export function Charts({ rows }: { readonly rows: readonly (MetricView & { readonly label: string })[] }) {
  const groups = [...Map.groupBy(rows.filter(({ curve = [] }) => curve.length > 4), ({ name }) => name)];
  if (groups.length === 0) return null;
  return (
    <div class="charts">{groups.map(([name, lines]) => <Chart key={name} name={name} lines={lines} />)}</div>
  );
}

/** Colors of the lines that a chart can tell apart. */
const COLORS = ["accent", "queued", "completed", "failed", "waiting", "running"].map((name) =>
  `var(--${name})`
);

function Chart({ name, lines }: {
  readonly name: string;
  readonly lines: readonly (MetricView & { readonly label: string })[];
}) {
  const shown = lines.slice(0, COLORS.length);
  const range = rangeOf(shown.map(({ curve }) => curve!));
  const [, lastStep, low, high] = range;
  return (
    <figure class="chart">
      <figcaption>{name}</figcaption>
      <div class="plot">
        <span>{numberText(high)}</span>
        <span>{numberText(low)}</span>
        <svg
          viewBox="0 0 100 40"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${name} from ${numberText(low)} to ${numberText(high)}`}
        >
          {shown.map(({ curve }, at) => (
            <polyline key={at} style={{ color: COLORS[at] }} points={pointsOf(curve!, range)} />
          ))}
        </svg>
        <span class="last">{numberText(lastStep)}</span>
      </div>
      <ul>
        {shown.map(({ label, value, count }, at) => (
          <li key={at}>
            <i style={{ color: COLORS[at] }} /> {label}{" "}
            <span class="dim">{metricText(value)} after {count}</span>
          </li>
        ))}
        {lines.length > COLORS.length && <li class="dim">and {lines.length - COLORS.length} more</li>}
      </ul>
    </figure>
  );
}

type Range = readonly [left: number, right: number, low: number, high: number];

function rangeOf(curves: readonly (readonly number[])[]): Range {
  const [steps, values] = [0, 1].map((part) => curves.flat().filter((_, at) => at % 2 === part));
  return [Math.min(...steps!), Math.max(...steps!), Math.min(...values!), Math.max(...values!)];
}

function pointsOf(curve: readonly number[], [left, right, low, high]: Range): string {
  const place = (value: number, from: number, to: number) => to === from ? 0.5 : (value - from) / (to - from);
  return Array.from({ length: curve.length / 2 }, (_, at) => {
    const [step, value] = [curve[2 * at]!, curve[2 * at + 1]!];
    return `${(100 * place(step, left, right)).toFixed(1)},${(38 - 36 * place(value, low, high)).toFixed(1)}`;
  }).join(" ");
}

/** The shape of a metric, as large as text. */
export function Spark({ curve = [] }: Pick<MetricView, "curve">) {
  if (curve.length < 6) return null;
  return (
    <svg class="spark" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <polyline points={pointsOf(curve, rangeOf([curve]))} />
    </svg>
  );
}

/** Metrics that several runs logged, side by side. */
function ByRun({ rows }: { readonly rows: readonly MetricRow[] }) {
  const names = [...Map.groupBy(rows, ({ name }) => name)].filter(([, all]) => all.length > 1);
  const labels = [...new Set(names.flatMap(([, all]) => all.map(({ label }) => label)))];
  if (names.length === 0) return null;
  const best = new Map(names.map(([name, all]) => [name, bestOf(name, all.map(({ value }) => value))]));
  return (
    <section>
      <h2>Metrics of several runs</h2>
      <Table
        label="Metrics of several runs"
        heads={[["Run"], ...names.map(([name]) => [name, "number"] as const)]}
      >
        {labels.map((label) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {names.map(([name, all]) => {
              const value = all.find((row) => row.label === label)?.value;
              return (
                <Value key={name} value={value} isBest={value !== undefined && value === best.get(name)} />
              );
            })}
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Value({ value, isBest = false }: {
  readonly value: number | string | undefined;
  readonly isBest?: boolean;
}) {
  return (
    <td class={isBest ? "number best" : "number"} title={value === undefined ? undefined : String(value)}>
      {value === undefined ? "" : metricText(value)}
      {isBest && <span class="sr-only">, best</span>}
    </td>
  );
}

export function Metrics({ rows, select }: {
  readonly rows: readonly MetricRow[];
  readonly select: (key: string) => void;
}) {
  const hasSeveral = rows.some(({ count }) => count !== undefined);
  const heads = ["Last", ...hasSeveral ? ["Min", "Max", "Values"] : []].map((head) =>
    [head, "number"] as const
  );
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Metrics</h2>
      <Table label="Metrics" kind="metrics" heads={[["Metric"], ...heads]}>
        {rows.map(({ name, value, step, label, count, min, max }, at) => {
          const place = step === undefined
            ? label
            : <button type="button" class="link" onClick={() => select(step)}>{label}</button>;
          const best = bestOf(name, [min, max]);
          return (
            <tr key={at}>
              <th scope="row">
                {name} <span class="under">{place}</span>
              </th>
              <Value value={value} />
              {hasSeveral && <Value value={min} isBest={best !== undefined && best === min} />}
              {hasSeveral && <Value value={max} isBest={best !== undefined && best === max} />}
              {hasSeveral && <td class="number">{count}</td>}
            </tr>
          );
        })}
      </Table>
    </section>
  );
}

function hasMore({ params, tags, note, files }: TrackedView): boolean {
  return params.length > 0 || tags !== undefined || note !== undefined || files !== undefined;
}

/** What a run logged besides its metrics. */
function More({ of: { params, tags = [], note, files = [] } }: { readonly of: TrackedView }) {
  return (
    <>
      {note !== undefined && <pre class="note">{note}</pre>}
      {files.length > 0 && <Files files={files} />}
      {params.length + tags.length > 0 && <Pairs pairs={[...params, ...tags]} />}
    </>
  );
}

function withSpark({ value, curve }: MetricView) {
  return <>{metricText(value)} {curve && <Spark curve={curve} />}</>;
}

/** Shows what one step logged to MLflow, and what the runs nested in it did. */
export function Tracked({ tracked }: { readonly tracked: readonly TrackedView[] }) {
  return (
    <>
      {tracked.map((view, at) => (
        <div class="tracked" key={at}>
          {view.nested === undefined ? null : <h4>{view.nested}</h4>}
          {view.metrics.length > 0 && (
            <Pairs pairs={view.metrics.map((metric) => [metric.name, withSpark(metric)] as const)} />
          )}
          <More of={view} />
        </div>
      ))}
    </>
  );
}
