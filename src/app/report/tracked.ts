import { requestLimit } from "../../azureml/client/pace.ts";
import { listArtifacts } from "../../azureml/runs/history.ts";
import {
  experimentIdOf,
  type MetricValue,
  openTracking,
  rangeOf,
  readJobMetrics,
  type StepMetrics,
} from "../../azureml/runs/metrics.ts";
import type { OpenRun } from "../../azureml/runs/open_run.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";
import { numberData } from "../../core/format.ts";
import { maskedPair, maskedText } from "../../core/secrets.ts";
import type { FileView, MetricView, TrackedView } from "../../page/view.ts";
import { openFileReader } from "../runs/step_results.ts";
import type { StepResult } from "../runs/step_results.ts";

/** What is read of what a job logged to MLflow. */
export interface TrackedOptions {
  /** Whether files are read, too (default: false). */
  readonly withFiles?: boolean | undefined;
  /** Metrics that were read before, by run and last value; new ones are added (default: all are read). */
  readonly metrics?: Map<string, MetricView>;
}

/** Limits: metrics whose values are read, runs whose files are listed, files of each, points of a curve. */
const MOST = { metrics: 400, runs: 200, files: 50, points: 120 } as const;
/** Tags that the plugin sets on each run. */
const PLUGINS_OWN = /^kedro\./;
/** Logs that Azure ML keeps beside the files that the code logged. */
const LOGS = /^(?:user_logs|system_logs|logs|azureml-logs|azureml_compute_logs)\//;

/**
 * Reads what a job and, by key, its steps logged to MLflow, with the values of each metric; of many, those of the first
 * ones. Results in files are added.
 *
 * @param onUnread Called for a metric whose values, and a run whose files cannot be read.
 */
export async function readTracked(
  run: OpenRun,
  { withFiles = false, metrics = new Map(), results = [] }: TrackedOptions & {
    /** Results in files (default: none). */
    readonly results?: readonly StepResult[] | undefined;
  },
  onUnread: (error: UserError) => void = () => {},
): Promise<ReadonlyMap<string | undefined, readonly TrackedView[]>> {
  const logged = await readJobMetrics(run.workspace, run, { withEmpty: true });
  const files = withFiles ? await readFiles(run, logged, onUnread) : undefined;
  const view = await metricViews(run, logged, { known: metrics, onUnread });
  const views = logged.map((one) => ({ key: one.key, view: viewOf(one, view(one), files?.get(one.id)) }))
    .filter(({ view: { nested: _, ...rest } }) =>
      Object.values(rest).some((part) => part !== undefined && part.length > 0)
    );
  const tracked = new Map<string | undefined, readonly TrackedView[]>(
    [...Map.groupBy(views, ({ key }) => key)].map(([key, group]) => [key, group.map(({ view }) => view)]),
  );
  for (const { key, metrics, files, others } of results) {
    const views = tracked.get(key) ?? [];
    const own = views.find(({ nested }) => nested === undefined);
    const all = {
      params: [],
      ...own,
      metrics: [...own?.metrics ?? [], ...metrics],
      files: [...own?.files ?? [], ...files, ...others.slice(0, MOST.files)],
    };
    tracked.set(key, [all, ...views.filter((view) => view !== own)]);
  }
  return tracked;
}

function viewOf(
  { nested, params, tags, note }: StepMetrics,
  metrics: readonly MetricView[],
  files: readonly FileView[] = [],
): TrackedView {
  const pairsOf = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).filter(([name]) => !PLUGINS_OWN.test(name)).map(([name, value]) =>
      maskedPair(name, value)
    );
  const shownTags = pairsOf(tags);
  return {
    ...(nested.length > 0 && { nested: nested.join(" > ") }),
    metrics,
    params: pairsOf(params),
    ...(shownTags.length > 0 && { tags: shownTags }),
    ...(note !== undefined && { note: maskedText(note) }),
    ...(files.length > 0 && { files }),
  };
}

/** Reads the values of metrics that were not read before. @returns the metrics of a run. */
async function metricViews(
  { workspace, history }: OpenRun,
  runs: readonly StepMetrics[],
  { known, onUnread }: {
    readonly known: Map<string, MetricView>;
    readonly onUnread: (error: UserError) => void;
  },
): Promise<(run: StepMetrics) => readonly MetricView[]> {
  const tracking = openTracking(workspace, history);
  const limit = requestLimit(workspace);
  const keyOf = (run: StepMetrics, { name, value, step, at }: MetricValue) =>
    JSON.stringify([run.id, name, String(value), step, at]);
  const all = runs.flatMap((run) => run.metrics.map((metric) => ({ run, metric, key: keyOf(run, metric) })));
  const unread = all.filter(({ key }) => !known.has(key)).slice(0, MOST.metrics);
  const read = unread.map(({ run, metric, key }) =>
    limit(async () => {
      try {
        known.set(key, metricView(metric, await tracking.history(run.id, metric.name)));
      } catch (thrown) {
        onUnread(userErrorOf(thrown, workspace.signal));
      }
    })
  );
  await Promise.all(read);
  return (run) => run.metrics.map((metric) => known.get(keyOf(run, metric)) ?? metricView(metric, []));
}

/** A metric with its range and its curve, if it has several values. Pure. */
function metricView({ name, value }: MetricValue, values: readonly MetricValue[]): MetricView {
  const last = { name, value: numberData(value) };
  if (values.length < 2) return last;
  const { count, min, max } = rangeOf(values);
  return {
    ...last,
    count,
    ...(min !== undefined && { min: numberData(min), max: numberData(max!) }),
    curve: curveOf(values),
  };
}

/** The points of a curve; values that were logged without steps of the training are numbered. */
function curveOf(values: readonly MetricValue[]): readonly number[] {
  const hasSteps = values.some(({ step }) => step !== values[0]!.step);
  const points = values.map(({ step, value }, at) => [hasSteps ? step : at, value] as const)
    .filter(([, value]) => Number.isFinite(value)).sort(([one], [other]) => one - other);
  const perPart = Math.ceil(points.length / (MOST.points / 2));
  const parts = Array.from(
    { length: Math.ceil(points.length / perPart) },
    (_, at) => points.slice(at * perPart, (at + 1) * perPart),
  );
  // The extremes of each part keep spikes, and the last value is that of the metric.
  const drawn = perPart < 3 ? points : [...parts.flatMap(extremes), points.at(-1)!];
  return drawn.flatMap(([step, value]) => [step, Number(value.toPrecision(5))]);
}

type Point = readonly [step: number, value: number];

function extremes(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted(([, one], [, other]) => one - other);
  return [...new Set([sorted[0]!, sorted.at(-1)!])].sort(([one], [other]) => one - other);
}

async function readFiles(
  { workspace, history, steps }: OpenRun,
  runs: readonly StepMetrics[],
  onUnread: (error: UserError) => void,
): Promise<ReadonlyMap<string, readonly FileView[]>> {
  const limit = requestLimit(workspace);
  const reader = openFileReader(workspace);
  const experiment = experimentIdOf(steps);
  const read = runs.slice(0, MOST.runs).map(({ id }) =>
    limit(async () => {
      const views: FileView[] = [];
      try {
        const files = (await listArtifacts(history, id, "", experiment)).filter(({ path }) =>
          !LOGS.test(path)
        );
        for (const file of files.slice(0, MOST.files)) views.push(await reader.read(file));
      } catch (thrown) {
        onUnread(userErrorOf(thrown, workspace.signal));
      }
      return [id, views] as const;
    })
  );
  return new Map(await Promise.all(read));
}
