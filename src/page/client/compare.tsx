/** @jsxImportSource preact */

/// <reference lib="dom" />

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { countText, cutMiddle, namesText, percentText, relativeChange } from "../../core/format.ts";
import type { ChangesView, ChangeView, CompareView, StepView } from "../view.ts";
import { exactTimeText, Status, statusText, tookText } from "../widgets/status.tsx";
import { AllJobs, CheckBox, pretty, Table } from "../widgets/widgets.tsx";
import { metricText } from "./metrics.tsx";

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

/** Shows runs side by side: what changed, then metrics and steps. */
export function ComparePage({ view, isLive }: { readonly view: CompareView; readonly isLive: boolean }) {
  const { runs, changes, files = [], configuration = [], metrics, steps } = view;
  const [isShort, setShort] = useState(false);
  const shown = (rows: readonly Row[]) =>
    isShort ? rows.filter(({ values }) => values.some((value) => value !== values[0])) : rows;
  const names = runs.map(({ name }) => name);
  return (
    <>
      <header class="top">
        {isLive && <AllJobs />}
        <div class="headline">
          <h1>Comparison of {runs.length} runs</h1>
        </div>
      </header>
      <main class="list compare" tabIndex={0} aria-label="Comparison">
        <SideBySide title="Runs" of="Run" names={names} rows={runRows(view, isLive)} />
        <SideBySide
          title={changes.length === 0
            ? "Nothing was changed in the job"
            : countText(changes.length, "change")}
          of="Changed"
          names={names}
          rows={changeRows(view)}
        />
        {configuration.length > 0 && (
          <section>
            <h2>Configuration between the commits</h2>
            <ul class="diff">
              {configuration.map(({ file, lines }) => (
                <li key={file}>
                  <div class="what">{file}</div>
                  {lines.map((line, at) => (
                    <pre key={at} class={line.startsWith("-") ? "before" : "after"}>{line.slice(1)}</pre>
                  ))}
                </li>
              ))}
            </ul>
          </section>
        )}
        {files.length > 0 && (
          <details>
            <summary>{countText(files.length, "file")} changed between the commits</summary>
            <ul class="files">{files.map((file) => <li key={file}>{file}</li>)}</ul>
          </details>
        )}
        <CheckBox label="Only metrics and steps that differ" kind="only" isOn={isShort} set={setShort} />
        {metrics.length > 0 && (
          <SideBySide title="Metrics" of="Metric" names={names} rows={shown(metricRows(view))} />
        )}
        {steps.length > 0 && (
          <SideBySide
            title="Steps"
            of="Step"
            names={names}
            rows={shown(stepRows(view))}
          />
        )}
      </main>
    </>
  );
}

function SideBySide({ title, of, names, rows }: {
  readonly title: string;
  /** What a row is about. */
  readonly of: string;
  /** Names of the runs, which are columns. */
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}) {
  return (
    <section>
      <h2>{title}</h2>
      {rows.length > 0 && (
        <Table
          label={title}
          heads={[
            [of],
            ...names.map((name, at) =>
              [<span key={at} title={name}>{String.fromCharCode(65 + at)}</span>] as const
            ),
          ]}
        >
          {rows.map(({ name, under, key, cells, values }) => (
            <tr key={key}>
              <th scope="row">
                {name}
                {under !== undefined && <span class="under">{under}</span>}
              </th>
              {cells.map((cell, at) => (
                <td key={at} class={values[at] === values[0] ? undefined : "differs"}>{cell}</td>
              ))}
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function runRows({ runs }: CompareView, isLive: boolean): readonly Row[] {
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
    row("Name", ({ name }) => name, ({ name }) => {
      const text = <code>{name}</code>;
      return isLive ? <a href={`/runs/${encodeURIComponent(name)}`}>{text}</a> : text;
    }, false),
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
      undefined,
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

function changeRows({ changes, steps: all }: CompareView): readonly Row[] {
  return changes.map(({ aspect, name, steps = [], values }, at) => ({
    name: [aspect, name].filter((part) => part !== undefined).join(" "),
    key: String(at),
    values,
    cells: values.map((value, run) => value === null ? "–" : <Value key={run} text={pretty(value)} />),
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

function metricRows({ metrics }: CompareView): readonly Row[] {
  const number = (value: number | string | null | undefined) => typeof value === "number" ? value : undefined;
  return metrics.map(({ step, metric, values }) => ({
    name: metric,
    under: step,
    key: JSON.stringify([step, metric]),
    values,
    cells: values.map((value, at) => {
      if (value === null) return "–";
      const change = at === 0 ? undefined : relativeChange(number(values[0]), number(value));
      return (
        <span key={at} title={String(value)}>
          {metricText(value)} <span class="dim">{percentText(change)}</span>
        </span>
      );
    }),
  }));
}

function stepRows({ steps }: CompareView): readonly Row[] {
  return steps.map(({ node, statuses, durationsMs }, at) => ({
    name: node,
    key: String(at),
    values: statuses,
    cells: statuses.map((status, run) => {
      const took = durationsMs[run];
      if (status === null) return "–";
      return (
        <>
          <Status status={status} /> {typeof took === "number" && <span class="dim">{tookText(took)}</span>}
        </>
      );
    }),
  }));
}

/// <reference lib="dom" />

/** Shows how the run differs from the one before it. */
export function Changes({ changes: { against, status }, groups, steps }: {
  readonly changes: ChangesView;
  /** The changes, grouped by {@linkcode groupedChanges}. */
  readonly groups: readonly (readonly ChangeView[])[];
  readonly steps: readonly StepView[];
}) {
  const labels = new Map(steps.map(({ key, label }) => [key, label]));
  return (
    <div class="changes">
      <p>
        Compared with <code>{against}</code> ({statusText(status).toLowerCase()}):{" "}
        {groups.length === 0 ? "nothing changed" : countText(groups.length, "change")}.
      </p>
      {groups.length > 0 && (
        <ul class="diff">
          {groups.map((group, at) => <Change key={at} group={group} labels={labels} total={steps.length} />)}
        </ul>
      )}
    </div>
  );
}

function Change({ group, labels, total }: {
  readonly group: readonly ChangeView[];
  readonly labels: ReadonlyMap<string, string>;
  readonly total: number;
}) {
  const { aspect, name, before, after } = group[0]!;
  const names = group.flatMap(({ step }) => step === undefined ? [] : [labels.get(step) ?? step]);
  const where = names.length === 0
    ? "Job"
    : names.length === total && total > 1
    ? `All ${total} steps`
    : names.length > 4
    ? namesText(names, 3, "step")
    : names.join(", ");
  const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return (
    <li>
      <div class="what">
        <strong>{where}</strong>{" "}
        <span class="dim">
          {aspect === "step" ? "step" : [aspect, name].filter(Boolean).join(" ")} {kind}
        </span>
      </div>
      {aspect !== "step" && before !== undefined && (
        <pre class="before"><span class="sr-only">before: </span>{before}</pre>
      )}
      {aspect !== "step" && after !== undefined && (
        <pre class="after"><span class="sr-only">after: </span>{after}</pre>
      )}
    </li>
  );
}

/** Groups equal changes in several steps. */
export function groupedChanges(changes: readonly ChangeView[]): readonly (readonly ChangeView[])[] {
  const groups = Map.groupBy(changes, ({ step: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()];
}
