import { UserError } from "../../core/errors.ts";
import { type Fields, fields, textOf } from "../../core/json.ts";
import { isAutomaticMetric } from "../../core/runs.ts";
import { compareText } from "../../core/text_match.ts";
import { transferLimit } from "../client/pace.ts";
import {
  askService,
  notFromAzure,
  queryText,
  readPages,
  readResource,
  requireSuccess,
  type Workspace,
} from "../client/workspace.ts";
import { producerOf, type RunHistory, type StepRun } from "./history.ts";

/** A run of a job with what it logged, and its place in the job. */
export interface StepMetrics extends TrackedRun {
  /** The step, by its node; `undefined` for the job itself. */
  readonly step: string | undefined;
  readonly key: string | undefined;
  /** Names of the runs that it is nested in below its step, and its own; empty for the run of a step. */
  readonly nested: readonly string[];
}

interface TrackedJob {
  readonly name: string;
  readonly history: RunHistory;
  readonly steps: readonly {
    readonly key: string;
    readonly label: string;
    readonly run: StepRun | undefined;
  }[];
}

/**
 * Reads what a job and its steps logged to MLflow, in the order of the steps.
 *
 * @param options.withEmpty Whether runs that logged nothing but perhaps files are among them (default: false).
 */
export async function readJobMetrics(
  workspace: Workspace,
  { name, steps, history }: TrackedJob,
  { withEmpty = false }: { readonly withEmpty?: boolean } = {},
): Promise<readonly StepMetrics[]> {
  const experimentId = experimentIdOf(steps) ?? (await history.run(name)).experimentId;
  if (experimentId === undefined) return [];
  const tracking = openTracking(workspace, history);
  const [found, reused] = await Promise.all([
    tracking.runsOf(name, experimentId),
    reusedRuns(tracking, steps),
  ]);
  const byId = new Map([...found, ...reused].map((run) => [run.id, run]));
  const places = new Map<string, Pick<StepMetrics, "step" | "key">>([[name, {
    step: undefined,
    key: undefined,
  }]]);
  for (const { key, label, run } of steps) {
    if (run !== undefined) places.set(producerOf(run), { step: label, key });
  }
  const order = [...places.keys()];
  return [...byId.values()].flatMap((run): StepMetrics[] => {
    const nested: string[] = [];
    let ancestor: TrackedRun | undefined = run;
    for (
      const seen = new Set<string>();
      ancestor !== undefined && !places.has(ancestor.id) && !seen.has(ancestor.id);
    ) {
      seen.add(ancestor.id);
      nested.unshift(ancestor.name);
      ancestor = ancestor.parent === undefined ? undefined : byId.get(ancestor.parent);
    }
    const place = ancestor && places.get(ancestor.id);
    return place === undefined || !withEmpty && isEmpty(run) ? [] : [{ ...run, ...place, nested }];
  }).sort((one, other) =>
    rank(one) - rank(other) ||
    one.nested.join().localeCompare(other.nested.join(), "en", { numeric: true })
  );

  function rank({ key }: StepMetrics): number {
    return key === undefined ? order.length : steps.findIndex((step) => step.key === key);
  }
}

/** The id of a job's experiment, if one of its steps has begun. */
export function experimentIdOf(steps: TrackedJob["steps"]): string | undefined {
  return steps.find(({ run }) => run?.experimentId !== undefined)?.run?.experimentId;
}

async function reusedRuns(
  tracking: ReturnType<typeof openTracking>,
  steps: TrackedJob["steps"],
): Promise<readonly TrackedRun[]> {
  const limit = transferLimit();
  const ids = steps.flatMap(({ run }) => run?.reusedFrom ?? []);
  const runs = await Promise.all(ids.map((id) => limit(() => tracking.run(id))));
  return runs.filter((run) => run !== undefined);
}

function isEmpty({ metrics, params, tags }: TrackedRun): boolean {
  return metrics.length === 0 && Object.keys(params).length === 0 && Object.keys(tags).length === 0;
}

/** A metric of a step: what `job show` and summaries print. */
export interface MainMetric {
  readonly step: string | undefined;
  readonly name: string;
  readonly value: number;
}

/**
 * The metrics that say most about a job: those of its steps without nested runs, first those that the code logs itself.
 * Metrics of the machine are left out. Pure.
 */
export function mainMetrics(runs: readonly StepMetrics[]): readonly MainMetric[] {
  const all = runs.filter(({ nested }) => nested.length === 0).flatMap(({ step, metrics }) =>
    metrics.filter(({ name }) => !name.startsWith("system/")).map(({ name, value }) => ({
      step,
      name,
      value,
    }))
  );
  const [automatic, own] = [true, false].map((is) =>
    all.filter(({ name }) => isAutomaticMetric(name) === is)
  );
  return [...own!, ...automatic!];
}

/** Like {@linkcode readJobMetrics}, for output in which metrics are not the subject: empty if they cannot be read. */
export async function readMainMetrics(
  workspace: Workspace,
  job: TrackedJob,
): Promise<readonly MainMetric[]> {
  try {
    return mainMetrics(await readJobMetrics(workspace, job));
  } catch (thrown) {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    return [];
  }
}

export function rangeOf(values: readonly MetricValue[]) {
  const numbers = values.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const least = (one: number, other: number) => Math.min(one, other);
  const most = (one: number, other: number) => Math.max(one, other);
  return {
    count: values.length,
    min: numbers.length === 0 ? undefined : numbers.reduce(least),
    max: numbers.length === 0 ? undefined : numbers.reduce(most),
    values,
  };
}

export interface MetricValue {
  readonly name: string;
  /** May be `NaN` or infinite. */
  readonly value: number;
  /** The step of the training, such as its epoch. */
  readonly step: number;
  readonly at: Date | undefined;
}

interface TrackedRun {
  readonly id: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** The last value of each metric, by name. */
  readonly metrics: readonly MetricValue[];
  readonly params: Readonly<Record<string, string>>;
  /** Tags that the run's code set: those of MLflow and Azure ML are left out. */
  readonly tags: Readonly<Record<string, string>>;
  /** Its description, in Markdown. */
  readonly note: string | undefined;
}

/** Runs in one page; MLflow's own limit is higher. */
const RUNS_PER_PAGE = 1000;
/** Values of a metric in one page, as in MLflow's client. */
const VALUES_PER_PAGE = 25_000;

/**
 * Opens the MLflow endpoint of a workspace, which is on the host of run history.
 *
 * URL and token are those of azureml-mlflow 1.62 (`azureml_reststore.py`). Azure ML tags each run with the job at its
 * root, so that one search finds the steps of a job and what is nested in them.
 */
export function openTracking(workspace: Workspace, { api }: Pick<RunHistory, "api">) {
  const base = `${api}/mlflow/v2.0${workspace.id}/api/2.0/mlflow`;

  /** Reads all pages of a list. @param of The list's name in an answer. */
  async function all(
    of: "runs" | "metrics",
    request: (next: { readonly page_token?: string }) => Omit<Parameters<typeof askService>[1], "isExpected">,
  ): Promise<unknown[]> {
    return await Array.fromAsync(readPages(async (token) => {
      const answer = await askService<Fields>(workspace, {
        ...request({ ...(token && { page_token: token }) }),
        // MLflow omits an empty list, but then nothing else is in the answer either.
        isExpected: (answer) => Array.isArray(answer[of]) || Object.keys(answer).length === 0,
      });
      return { items: list(answer[of]), next: textOf(answer.next_page_token) };
    }));
  }

  return {
    /** The runs of a job that logged to MLflow: its own, its steps', and those that these nested in their own. */
    async runsOf(job: string, experimentId: string) {
      const runs = await all("runs", (next) => ({
        action: `read the metrics of job "${job}"`,
        url: `${base}/runs/search`,
        body: {
          experiment_ids: [experimentId],
          filter: `tags.mlflow.rootRunId = '${job}'`,
          max_results: RUNS_PER_PAGE,
          ...next,
        },
      }));
      return runs.map((run) => toRun(fields(run))).filter((run) => run !== undefined);
    },
    async run(id: string) {
      const action = `read the metrics of run "${id}"`;
      const url = `${base}/runs/get?${queryText({ run_id: id })}`;
      const scope = workspace.cloud.resourceManagerScope;
      const response = await workspace.ask({ action, method: "GET", url, scope });
      if (response.status === 404) return undefined;
      requireSuccess(workspace, action, response);
      const run = toRun(fields(readResource<Fields>(action, response).run));
      if (run?.id.toLowerCase() === id.toLowerCase()) return run;
      throw notFromAzure(action, url, response.status);
    },
    async history(run: string, metric: string) {
      const query = { run_id: run, metric_key: metric, max_results: String(VALUES_PER_PAGE) };
      const values = await all("metrics", (next) => ({
        action: `read metric "${metric}" of run "${run}"`,
        url: `${base}/metrics/get-history?${queryText({ ...query, ...next })}`,
      }));
      return values.flatMap(toMetric);
    },
  };
}

function toRun({ info, data }: Fields): TrackedRun | undefined {
  const { run_id: id, run_name: name } = fields(info);
  if (typeof id !== "string") return undefined;
  const { metrics, params, tags: tagList } = fields(data);
  const tags = pairs(tagList);
  const own = Object.entries(tags).filter(([key]) => !/^(?:mlflow|azureml)\./.test(key));
  return {
    id,
    name: tags["mlflow.runName"] ?? textOf(name) ?? id,
    parent: tags["mlflow.parentRunId"],
    metrics: list(metrics).flatMap(toMetric).sort((one, other) => compareText(one.name, other.name)),
    params: pairs(params),
    tags: Object.fromEntries(own),
    note: tags["mlflow.note.content"],
  };
}

/** Converts a value; numbers that are not finite are texts in MLflow's JSON, and zeros may be absent. */
function toMetric(json: unknown): readonly MetricValue[] {
  const { key, value = 0, step = 0, timestamp } = fields(json);
  if (typeof key !== "string") return [];
  const time = Number(timestamp);
  return [{
    name: key,
    value: Number(value),
    step: Number(step),
    at: Number.isFinite(time) && time > 0 ? new Date(time) : undefined,
  }];
}

function pairs(json: unknown): Readonly<Record<string, string>> {
  const entries = list(json).map(fields).filter(({ key }) => typeof key === "string");
  return Object.fromEntries(entries.map(({ key, value }) => [String(key), String(value ?? "")]));
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}
