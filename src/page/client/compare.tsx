import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { countText, cutMiddle, namesText, sizeText } from "../../core/format.ts";
import { differ, durationChange, relativeChange } from "../../core/change.ts";
import type { ComparedData, CompareView } from "../view.ts";
import { Status, tookText } from "../widgets/status_text.tsx";
import { AllJobs, CheckBox, Meta, pretty, Table, Time } from "../widgets/widgets.tsx";
import { isImage } from "./artifacts.tsx";
import { Change, Charts, metricText } from "./metrics.tsx";
import { usePlace } from "./place.ts";

interface Row {
  readonly name: string;
  /** What it belongs to, such as its step. */
  readonly under?: string | undefined;
  readonly cells: readonly ComponentChildren[];
  /** Values by which cells are marked that differ from the first one. */
  readonly marks: readonly unknown[];
}

/** A row of values, each shown by a function. @param marks Values by which cells are marked (default: those shown). */
function row<T>(
  [name, under]: readonly [name: string, under?: string | undefined],
  values: readonly (T | null | undefined)[],
  show: (value: T, at: number) => ComponentChildren,
  marks: readonly unknown[] = values,
): Row {
  return { name, under, marks, cells: values.map((value, at) => value == null ? "–" : show(value, at)) };
}

export function ComparePage({ view, isLive }: { readonly view: CompareView; readonly isLive: boolean }) {
  const [{ baseline }, go] = usePlace({});
  const named = view.runs.map(({ name }, at) => ({ name, head: String.fromCharCode(65 + at) }));
  const first = Math.max(0, named.findIndex(({ name }) => name === baseline));
  const shown = first === 0 ? view : withFirst(first, view);
  return (
    <>
      <header class="top">
        {isLive && <AllJobs />}
        <h1>Comparison of {view.runs.length} runs</h1>
        <ul class="meta">
          {sharedBy(view).map((part) => <Meta key={part} name={part}>{view.runs[0]![part]}</Meta>)}
          <li>{summaryOf(view)}</li>
        </ul>
      </header>
      <main class="list compare" tabIndex={0} aria-label="Comparison">
        <Comparison
          data={shown}
          heads={shown.runs.map(({ name }) => named.find((one) => one.name === name)!.head)}
          isLive={isLive}
          chooser={
            <label class="dim">
              Baseline{" "}
              <select
                value={named[first]!.name}
                onChange={(event) => go({ baseline: event.currentTarget.value })}
              >
                {named.map(({ name, head }) => <option key={name} value={name}>{head} {name}</option>)}
              </select>
            </label>
          }
        />
      </main>
    </>
  );
}

/** What has a value for each run, in their order. */
const PER_RUN = new Set(["runs", "tracked", "values", "statuses", "durationsMs", "bytes"]);

/** A comparison with another run as the first one, with which the others are compared. */
function withFirst(first: number, view: CompareView): CompareView {
  return JSON.parse(
    JSON.stringify(view),
    (key, value) => PER_RUN.has(key) ? [value[first], ...value.toSpliced(first, 1)] : value,
  );
}

/** What all runs have in common. */
function sharedBy({ runs }: ComparedData) {
  return (["job", "experiment"] as const).filter((part) =>
    runs[0]![part] !== undefined && runs.every((run) => run[part] === runs[0]![part])
  );
}

/** What is different, such as `3 of 9 metrics moved, 1 setting changed, 2 other files changed`. */
function summaryOf(view: CompareView): string {
  const { metrics, changes, configuration = [] } = view;
  const moved = metrics.filter(({ values }) => differ(values)).length;
  const others = otherFiles(view).length;
  const settings = configuration.length + changes.filter(({ aspect }) => aspect !== "code").length;
  return [
    metrics.length > 0 && `${moved} of ${countText(metrics.length, "metric")} moved`,
    `${countText(settings, "setting")} changed`,
    others > 0 && `${countText(others, "other file")} changed`,
  ].filter(Boolean).join(", ");
}

/** Files that differ, besides those of which the values are known. */
export function otherFiles({ files = [], configuration = [] }: ComparedData): readonly string[] {
  return files.filter((name) => !configuration.some(({ file }) => file === name));
}

/** Files that are listed at once. */
const MOST_FILES = 20;

/** Shows runs side by side: metrics that moved, what changed, then steps and datasets. */
export function Comparison({ data, heads, isLive, chooser }: {
  readonly data: ComparedData & Pick<CompareView, "tracked">;
  /** Titles of the runs, which are columns. */
  readonly heads: readonly string[];
  readonly isLive: boolean;
  /** Chooses the run with which the others are compared. */
  readonly chooser?: ComponentChildren;
}) {
  const [isShort, setShort] = useState(true);
  const { configuration = [], tracked = [] } = data;
  const others = otherFiles(data);
  const changed = [...configurationRows(data), ...changeRows(data)];
  const lines = tracked.flatMap((run, at) =>
    run.flatMap(({ label, metrics }) =>
      metrics.map((metric) => ({ ...metric, name: [metric.name, label].join(", "), label: heads[at]! }))
    )
  );
  const curves = [...Map.groupBy(lines, ({ name }) => name).values()].filter((all) =>
    !isShort || all.length < heads.length || new Set(all.map(({ curve }) => String(curve))).size > 1
  ).flat();
  const titles = heads.map((head, at) => {
    const { name } = data.runs[at]!;
    const shown = isLive
      ? <a href={`/runs/${encodeURIComponent(name)}`}>{name}</a>
      : <span class="dim">{name}</span>;
    return [<span key={at}>{head} {shown}</span>] as const;
  });
  const table = (title: string, of: string, all: readonly Row[], isFiltered = false) => {
    const rows = isFiltered && isShort
      ? all.filter(({ marks }) => marks.some((one) => one !== marks[0]))
      : all;
    // Of two runs that differ in all rows, marks would say nothing.
    const isMarked = heads.length > 2 || rows.some(({ marks }) => marks.every((one) => one === marks[0]));
    return rows.length > 0 && (
      <section>
        <h2>{title}</h2>
        <Table label={title} heads={[[of], ...titles]}>
          {rows.map(({ name, under, cells, marks }, at) => (
            <tr key={at}>
              <th scope="row">
                {name} {under !== undefined && <span class="under">{under}</span>}
              </th>
              {cells.map((cell, at) => (
                <td key={at} class={isMarked && marks[at] !== marks[0] ? "differs" : undefined}>{cell}</td>
              ))}
            </tr>
          ))}
        </Table>
      </section>
    );
  };
  return (
    <>
      {table("Runs", "Run", runRows(data))}
      <div class="filter">
        <CheckBox label="Only what differs" kind="dim" isOn={isShort} set={setShort} />
        {chooser}
      </div>
      {table("Metrics", "Metric", metricRows(data), true)}
      {changed.length + others.length === 0 && <h2>Nothing was changed in the job</h2>}
      {table(countText(changed.length, "change"), "Changed", changed)}
      {others.length > 0 && (
        <details open={others.length <= MOST_FILES}>
          <summary>
            {countText(others.length, configuration.length === 0 ? "file" : "other file")} changed
          </summary>
          <ul class="files">{others.map((file) => <li key={file}>{file}</li>)}</ul>
        </details>
      )}
      <Charts rows={curves} />
      {table("Figures", "Figure", figureRows(tracked), true)}
      {table("Steps", "Step", stepRows(data), true)}
      {table("Datasets", "Dataset", datasetRows(data), true)}
    </>
  );
}

function runRows(data: ComparedData): readonly Row[] {
  const { runs } = data;
  const shared = sharedBy(data);
  const of = <T,>(
    name: string,
    valueOf: (run: ComparedData["runs"][number]) => T | undefined,
    show: (value: T, at: number) => ComponentChildren,
  ) => row([name], runs.map(valueOf), show, []);
  const rows = [
    of("Job", ({ job }) => shared.includes("job") ? undefined : job, (job) => job),
    of("Experiment", ({ experiment }) => shared.includes("experiment") ? undefined : experiment, (it) => it),
    of("Status", ({ status }) => status, (status) => <Status status={status} />),
    of("Submitted", ({ submittedAt }) => submittedAt, (at) => <Time ms={Date.parse(at)} />),
    of(
      "Duration",
      ({ durationMs }) => durationMs,
      moved(runs.map(({ durationMs }) => durationMs), tookText, { changeOf: durationChange }),
    ),
    of(
      "Commit",
      ({ commit, dirty }) => commit && `${commit}${dirty ? " + changes" : ""}`,
      (commit) => <code title={commit}>{commit.replace(/^(.{12})[\da-f]*/, "$1")}</code>,
    ),
  ];
  return rows.filter(({ cells }) => cells.some((cell) => cell !== "–"));
}

/** Shows values, each with its change from the first one. */
function moved<T>(
  all: readonly unknown[],
  textOf: (value: T) => string,
  { name = "", changeOf = relativeChange } = {},
) {
  return (value: T, at: number) => {
    const change = at === 0 ? undefined : changeOf(all[0], value);
    return (
      <span class="moved number">
        <span>{textOf(value)}</span> {change !== 0 && <Change name={name} change={change} />}
      </span>
    );
  };
}

function configurationRows({ configuration = [] }: ComparedData): readonly Row[] {
  return configuration.map(({ file, key, values }) => row([key, file], values, longText));
}

const MOST_STEPS = 5;

function changeRows({ changes, steps: all }: ComparedData): readonly Row[] {
  return changes.map(({ aspect, name, steps = [], values }) => {
    const under = steps.length > 1 && steps.length === all.length
      ? `all ${steps.length} steps`
      : namesText(steps, MOST_STEPS);
    return row([name === undefined ? aspect : `${aspect} ${name}`, under || undefined], values, (value) => {
      // The name of a version of the code says nothing.
      if (aspect === "code") return value === values[0] ? "" : "differs";
      return longText(pretty(value));
    });
  });
}

/** Characters of a value that are shown at first. */
const SHORT = 300;

function longText(text: string) {
  if (text.length <= SHORT) return <code class="value">{text}</code>;
  return (
    <details>
      <summary>
        <code>{cutMiddle(text, 80)}</code>
      </summary>
      <code class="value">{text}</code>
    </details>
  );
}

function metricRows({ metrics }: ComparedData): readonly Row[] {
  return metrics.map(({ step, metric, values }) =>
    row([metric, step], values, moved(values, metricText, { name: metric }))
  );
}

/** Images that runs logged, those of one name side by side. */
function figureRows(tracked: NonNullable<CompareView["tracked"]>): readonly Row[] {
  const images = tracked.flatMap((run, at) =>
    run.flatMap(({ label, files = [] }) => files.filter(isImage).map((file) => ({ ...file, label, at })))
  );
  const groups = Map.groupBy(images, ({ path, label }) => JSON.stringify([path, label]));
  return [...groups.values()].map((same) => {
    const { path, label } = same[0]!;
    const data = tracked.map((_, run) => same.find(({ at }) => at === run)?.data);
    return row([path, label], data, (data) => <img src={data} alt={path} />);
  });
}

function stepRows({ steps }: ComparedData): readonly Row[] {
  return steps.map(({ node, statuses, durationsMs }) => {
    const show = moved(durationsMs, tookText, { changeOf: durationChange });
    const marks = statuses.map((status, at) =>
      durationChange(durationsMs[0], durationsMs[at]) === undefined ? status : at
    );
    return row([node], statuses, (status, at) => (
      <>
        <Status status={status} isShort /> {typeof durationsMs[at] === "number" && show(durationsMs[at], at)}
      </>
    ), marks);
  });
}

function datasetRows({ datasets = [] }: ComparedData): readonly Row[] {
  return datasets.map(({ step, dataset, bytes }) => row([dataset, step], bytes, moved(bytes, sizeText)));
}
