import { requestLimit } from "../../azureml/service/client/limits.ts";
import {
  type MetricRange,
  rangeOf,
  readJobMetrics,
  type StepMetrics,
} from "../../azureml/service/history/job_metrics.ts";
import { getJobRuns, requireStep } from "../../azureml/service/history/job_runs.ts";
import { openTracking } from "../../azureml/service/history/tracked_runs.ts";
import type { RunTarget } from "../run/targets.ts";

/** Options of reading metrics. */
export interface MetricsOptions {
  /** Only this step, by node or key. */
  readonly step?: string;
  /** Whether all values are read, not only the last one. */
  readonly all?: boolean;
}

/** The metrics of a run. */
export interface ReadMetrics {
  /** Name in Azure ML. */
  readonly name: string;
  readonly status: string;
  /** The job and its steps in graph order, each followed by the runs nested in it. */
  readonly runs: readonly (Omit<StepMetrics, "metrics"> & { readonly metrics: readonly ReadMetric[] })[];
}

/** The last value of a metric, and with `all` the range of its values. */
export type ReadMetric = StepMetrics["metrics"][number] & { readonly range?: MetricRange };

/** Reads what a job logged to MLflow. @throws {UserError} `job.not_found`, `job.no_step`, `azure.*`. */
export async function readMetrics(
  { workspace, name }: RunTarget,
  { step, all = false }: MetricsOptions,
): Promise<ReadMetrics> {
  const { job, steps, history } = await getJobRuns(workspace, name);
  const wanted = step === undefined ? undefined : requireStep(steps, name, step).key;
  const logged = await readJobMetrics(workspace, { name, steps, history });
  const runs = wanted === undefined ? logged : logged.filter(({ key }) => key === wanted);
  if (!all) return { name, status: job.status, runs };
  const limit = requestLimit(workspace);
  const tracking = openTracking(workspace, history);
  const withRanges = runs.map(async (run) => ({
    ...run,
    metrics: await Promise.all(
      run.metrics.map((metric) =>
        limit(async () => ({ ...metric, range: rangeOf(await tracking.history(run.id, metric.name)) }))
      ),
    ),
  }));
  return { name, status: job.status, runs: await Promise.all(withRanges) };
}
