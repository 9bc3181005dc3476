import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { countText, cutMiddle, namesText, percentText, relativeChange, sizeText } from "../../core/format.ts";
import type { ComparedData, CompareView } from "../view.ts";
import { exactTimeText, Status, tookText } from "../widgets/status.tsx";
import { AllJobs, CheckBox, pretty, Table } from "../widgets/widgets.tsx";
import { isImage } from "./artifacts.tsx";
import { Charts, metricText } from "./metrics.tsx";

/** A thing that has a value in each run. */
interface Row {
  readonly name: string;
  /** What it belongs to, such as its step. */
  readonly under?: string | undefined;
  /** By which the row is told from others. */
  readonly key: string;
  readonly cells: readonly ComponentChildren[];
  /** Values by which cells are marked that differ from the first one. */
  readonly values: readonly unknown[];
}

export function ComparePage({ view, isLive }: { readonly view: CompareView; readonly isLive: boolean }) {
  return (
    <>
      <header class="top">
        {isLive && <AllJobs />}
        <div class="headline">
          <h1>Comparison of {view.runs.length} runs</h1>
        </div>
      </header>
      <main class="list compare" tabIndex={0} aria-label="Comparison">
        <Comparison
          data={view}
          heads={view.runs.map((_, at) => String.fromCharCode(65 + at))}
          isLive={isLive}
        />
      </main>
    </>
  );
}

/** Shows runs side by side: metrics that moved, what changed, then steps and datasets. */
export function Comparison({ data, heads, isLive }: {
  readonly data: ComparedData & Pick<CompareView, "tracked">;
  /** Titles of the runs, which are columns. */
  readonly heads: readonly string[];
  readonly isLive: boolean;
}) {
  const [isShort, setShort] = useState(true);
  const shown = (rows: readonly Row[]) =>
    isShort ? rows.filter(({ values }) => values.some((value) => value !== values[0])) : rows;
  const { files = [], configuration = [], tracked = [] } = data;
  const told = new Set(configuration.map(({ file }) => file));
  const others = files.filter((file) => !told.has(file));
  const changed = [...configurationRows(data), ...changeRows(data)];
  const curves = tracked.flatMap((run, at) =>
    run.flatMap(({ label, metrics }) =>
      metrics.map((metric) => ({ ...metric, name: [metric.name, label].join(", "), label: heads[at]! }))
    )
  );
  const side = { heads, isLive, names: data.runs.map(({ name }) => name) };
  return (
    <>
      <SideBySide {...side} title="Runs" of="Run" rows={runRows(data)} />
      <CheckBox
        label="Only metrics, steps and datasets that differ"
        kind="only"
        isOn={isShort}
        set={setShort}
      />
      <SideBySide {...side} title="Metrics" of="Metric" rows={shown(metricRows(data))} />
      <Charts rows={curves} />
      <SideBySide {...side} title="Figures" of="Figure" rows={figureRows(tracked)} />
      {changed.length + others.length === 0 && <h2>Nothing was changed in the job</h2>}
      <SideBySide {...side} title={countText(changed.length, "change")} of="Changed" rows={changed} />
      {others.length > 0 && (
        <details open={others.length <= MOST_FILES}>
          <summary>{countText(others.length, told.size === 0 ? "file" : "other file")} changed</summary>
          <ul class="files">{others.map((file) => <li key={file}>{file}</li>)}</ul>
        </details>
      )}
      <SideBySide {...side} title="Steps" of="Step" rows={shown(stepRows(data))} />
      <SideBySide {...side} title="Datasets" of="Dataset" rows={shown(datasetRows(data))} />
    </>
  );
}

/** Files that are listed at once. */
const MOST_FILES = 20;

function SideBySide({ title, of, heads, names, isLive, rows }: {
  readonly title: string;
  /** What a row is about. */
  readonly of: string;
  readonly heads: readonly string[];
  readonly names: readonly string[];
  readonly isLive: boolean;
  readonly rows: readonly Row[];
}) {
  if (rows.length === 0) return null;
  const titles = heads.map((head, at) =>
    [
      <span key={at}>
        {head} {isLive
          ? <a href={`/runs/${encodeURIComponent(names[at]!)}`}>{names[at]}</a>
          : <span class="dim">{names[at]}</span>}
      </span>,
    ] as const
  );
  return (
    <section>
      <h2>{title}</h2>
      <Table label={title} heads={[[of], ...titles]}>
        {rows.map(({ name, under, key, cells, values }) => (
          <tr key={key}>
            <th scope="row">
              {name}
              {under !== undefined && <span class="under">{under}</span>}
            </th>
            {cells.map((cell, at) => (
              <td key={at} data-run={heads[at]} class={values[at] === values[0] ? undefined : "differs"}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </section>
  );
}

function runRows({ runs }: ComparedData): readonly Row[] {
  const row = (
    key: string,
    valueOf: (run: CompareView["runs"][number]) => string | undefined,
    cellOf: (run: CompareView["runs"][number]) => ComponentChildren = valueOf,
    isMarked = true,
  ): Row => ({
    name: key,
    key,
    cells: runs.map((run) => valueOf(run) === undefined ? "–" : cellOf(run)),
    values: runs.map((run) => isMarked ? valueOf(run) : undefined),
  });
  const rows = [
    row("Job", ({ job }) => job),
    row("Experiment", ({ experiment }) => experiment),
    row("Status", ({ status }) => status, ({ status }) => <Status status={status} />),
    row(
      "Submitted",
      ({ submittedAt }) => submittedAt,
      ({ submittedAt }) => <time dateTime={submittedAt}>{exactTimeText(Date.parse(submittedAt!))}</time>,
      false,
    ),
    row(
      "Duration",
      ({ durationMs }) => durationMs === undefined ? undefined : tookText(durationMs),
      ({ durationMs }) => <Moved from={runs[0]!.durationMs} to={durationMs} text={tookText(durationMs!)} />,
      false,
    ),
    row("Commit", ({ commit, dirty }) => commit && `${commit}${dirty ?? ""}`, ({ commit, dirty }) => (
      <>
        <code title={commit}>{commit!.slice(0, 12)}</code>
        {dirty && " + changes"}
      </>
    )),
  ];
  return rows.filter(({ cells }) => cells.some((cell) => cell !== "–"));
}

/** A value, and its change from that of the first run. */
function Moved({ from, to, text }: {
  readonly from: unknown;
  readonly to: unknown;
  readonly text: string;
}) {
  const number = (value: unknown) => typeof value === "number" ? value : undefined;
  const change = relativeChange(number(from), number(to));
  const isSame = change === 0 || change === undefined;
  return (
    <span class="number">
      {text} {!isSame && <span class="dim">{percentText(change)}</span>}
    </span>
  );
}

function configurationRows({ configuration = [] }: ComparedData): readonly Row[] {
  return configuration.map(({ file, key, values }) => ({
    name: key,
    under: file,
    key: `${file} ${key}`,
    values,
    cells: values.map((value, run) => value === null ? "–" : <Value key={run} text={value} />),
  }));
}

function changeRows({ changes, steps: all }: ComparedData): readonly Row[] {
  return changes.map(({ aspect, name, steps = [], values }, at) => ({
    name: [aspect, name].filter((part) => part !== undefined).join(" "),
    key: String(at),
    values,
    cells: values.map((value, run) =>
      value === null
        ? "–"
        : aspect === "code"
        ? value === values[0] ? "" : "differs"
        : <Value key={run} text={pretty(value)} />
    ),
    under: steps.length === 0
      ? undefined
      : steps.length === all.length && steps.length > 1
      ? `all ${steps.length} steps`
      : namesText(steps, MOST_STEPS),
  }));
}

/** Steps of a change that are named. */
const MOST_STEPS = 5;
/** Characters of a value that are shown at first. */
const SHORT = 300;

function Value({ text }: { readonly text: string }) {
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
  return metrics.map(({ step, metric, values }) => ({
    name: metric,
    under: step,
    key: JSON.stringify([step, metric]),
    values,
    cells: values.map((value, at) =>
      value === null
        ? "–"
        : <Moved key={at} from={at === 0 ? undefined : values[0]} to={value} text={metricText(value)} />
    ),
  }));
}

/** Images that several runs logged under the same name. */
function figureRows(tracked: NonNullable<CompareView["tracked"]>): readonly Row[] {
  const images = tracked.map((run) =>
    new Map(
      run.flatMap(({ label, files = [] }) =>
        files.filter(isImage).map(({ path, data }) => [JSON.stringify([label, path]), data] as const)
      ),
    )
  );
  return [...new Set(images.flatMap((run) => [...run.keys()]))].map((key) => {
    const [under, name] = JSON.parse(key);
    const values = images.map((run) => run.get(key));
    return {
      name,
      under,
      key,
      values,
      cells: values.map((data, at) => data ? <img key={at} src={data} alt={name} /> : "–"),
    };
  });
}

/** Changes of durations that are shown among differences. */
const NOTABLE = 0.1;

function stepRows({ steps }: ComparedData): readonly Row[] {
  return steps.map(({ node, statuses, durationsMs }, at) => ({
    name: node,
    key: String(at),
    values: statuses.map((status, run) => {
      const change = relativeChange(durationsMs[0] ?? undefined, durationsMs[run] ?? undefined) ?? 0;
      return `${status} ${Math.abs(change) > NOTABLE ? run : ""}`;
    }),
    cells: statuses.map((status, run) => {
      const took = durationsMs[run];
      if (status === null) return "–";
      return (
        <>
          <Status status={status} />{" "}
          {typeof took === "number" && <Moved from={durationsMs[0]} to={took} text={tookText(took)} />}
        </>
      );
    }),
  }));
}

function datasetRows({ datasets = [] }: ComparedData): readonly Row[] {
  return datasets.map(({ step, dataset, bytes }) => ({
    name: dataset,
    under: step,
    key: JSON.stringify([step, dataset]),
    values: bytes,
    cells: bytes.map((size, at) =>
      size === null ? "–" : <Moved key={at} from={bytes[0]} to={size} text={sizeText(size)} />
    ),
  }));
}
