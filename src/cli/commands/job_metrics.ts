import type { ReadMetrics } from "../../app/job/job.ts";
import { numberData, numberText } from "../../core/format.ts";
import { command } from "../parse/command.ts";
import { flag } from "../parse/field.ts";
import { ofStep, readable, runNames } from "../parse/options.ts";
import type { Output } from "../text/output.ts";
import { tableText } from "../text/render.ts";
import { openReadable } from "./job_show.ts";

export const metrics = command({
  name: "metrics",
  about: "Print the metrics that jobs logged to MLflow, and on this machine, numbers in JSON files",
  examples: [
    ["job metrics", "Print the metrics that the last job logged"],
    ["job metrics brave_fox_1234567890 --csv", "Get the metrics of a job for a spreadsheet"],
  ],
  needs: ["azure", "earlier jobs"],
  args: runNames(),
  options: {
    ...readable(),
    ...ofStep,
    all: flag("--all", "also the smallest and largest value, the number of values, and the parameters"),
    csv: flag("--csv", "print comma-separated values"),
  },
  async *run(ctx, typed) {
    const { csv = false, all = false } = typed;
    const { readMetrics } = await import("../../app/job/job.ts");
    let isFirst = true;
    for (const job of await openReadable(ctx, typed)) {
      const read = await readMetrics(job, typed);
      const text = csv
        ? csvText(read, { all, withHead: isFirst })
        : metricsText(read, { all, columns: ctx.terminal.outColumns });
      isFirst = false;
      yield { data: dataOf(read), text, isRaw: csv, warnings: warningsOf(read) };
    }
  },
});

function warningsOf({ name, pickle, runs }: ReadMetrics): NonNullable<Output["warnings"]> {
  if (runs.some(({ metrics }) => metrics.length > 0)) return [];
  return [{
    // metrics.none: The job has logged no metrics. Call `mlflow.log_metric()` in a node.
    code: "metrics.none",
    message: `Job ${name} has logged no metrics to MLflow${
      pickle === undefined ? "" : `, and numbers in ${pickle} are not read`
    }`,
    hint: pickle === undefined
      ? "Call `mlflow.log_metric()` in a node; `mlflow` and `azureml-mlflow` must be in the job's environment"
      : "Give the dataset a catalog entry of type `json.JSONDataset`, or call `mlflow.log_metric()` in a node",
  }];
}

function metricsText(
  { name, runs }: ReadMetrics,
  { all, columns }: { readonly all: boolean; readonly columns: number | undefined },
): string {
  const head = ["STEP", "METRIC", "VALUE", ...(all ? ["MIN", "MAX", "VALUES"] : [])];
  const rows = runs.flatMap((run) =>
    run.metrics.map((metric) => [
      placeOf(run, name),
      metric.name,
      numberText(metric.value),
      ...(all ? rangeCells(metric).map((value) => value === undefined ? "" : numberText(value)) : []),
    ])
  );
  const params = !all
    ? []
    : runs.flatMap((run) =>
      Object.entries({ ...run.params, ...run.tags }).map(([key, value]) => [
        placeOf(run, name),
        key,
        value.replace(/\s+/g, " "),
      ])
    );
  return (rows.length === 0 ? "" : tableText([head, ...rows], columns)) +
    (params.length === 0
      ? ""
      : `\n${tableText([["STEP", "PARAMETER OR TAG", "VALUE"], ...params], columns)}`);
}

type Metric = ReadMetrics["runs"][number]["metrics"][number];

function rangeCells({ range }: Metric): readonly (number | undefined)[] {
  return [range?.min, range?.max, range?.count];
}

function placeOf({ step, nested }: ReadMetrics["runs"][number], job: string): string {
  return [step ?? job, ...nested].join(" > ");
}

const CSV_HEAD = ["job", "step", "run", "metric", "value", "training_step"];
const CSV_RANGE = ["min", "max", "values"];

/** Renders metrics as comma-separated values, as in RFC 4180, with full precision. */
function csvText(
  { name, runs }: ReadMetrics,
  { all, withHead }: { readonly all: boolean; readonly withHead: boolean },
): string {
  const rows = runs.flatMap((run) =>
    run.metrics.map((metric) => [
      name,
      run.step ?? "",
      run.nested.length === 0 ? run.id : run.nested.join(" > "),
      metric.name,
      metric.value,
      metric.step,
      ...(all ? rangeCells(metric) : []),
    ])
  );
  const head = [...CSV_HEAD, ...(all ? CSV_RANGE : [])];
  return [...(withHead ? [head] : []), ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

function csvCell(value: string | number | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function dataOf({ name, status, runs }: ReadMetrics): unknown {
  return {
    name,
    status,
    runs: runs.map(({ step, id, nested, metrics, params, tags }) => ({
      ...(step !== undefined && { step }),
      run: id,
      ...(nested.length > 0 && { nested }),
      metrics: metrics.map(metricOf),
      params,
      tags,
    })),
  };
}

function metricOf({ name, value, step, at, range }: Metric): unknown {
  return {
    metric: name,
    value: numberData(value),
    trainingStep: step,
    at,
    ...(range && {
      ...(range.min !== undefined && { min: numberData(range.min) }),
      ...(range.max !== undefined && { max: numberData(range.max) }),
      count: range.count,
      values: range.values.map(({ value, step, at }) => ({
        value: numberData(value),
        trainingStep: step,
        at,
      })),
    }),
  };
}
