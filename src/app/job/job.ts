import { requestLimit, transferLimit } from "../../azureml/client/pace.ts";
import { nodeLines } from "../../azureml/job/compile/command.ts";
import { userLogs } from "../../azureml/runs/history.ts";
import { getJob, type Job } from "../../azureml/runs/jobs.ts";
import {
  openTracking,
  rangeOf,
  readJobMetrics,
  readMainMetrics,
  type StepMetrics,
} from "../../azureml/runs/metrics.ts";
import { type OpenRun, openRun, type RunStep } from "../../azureml/runs/open_run.ts";
import { readAll } from "../../azureml/storage/read.ts";
import { userErrorOf } from "../../core/errors.ts";
import type { NodeState } from "../../core/runs.ts";
import { openResults } from "../runs/step_results.ts";
import type { RunTarget } from "../runs/targets.ts";
import { openBoard, waitingNodes } from "../../azureml/runs/follow_job.ts";

type LoggedMetric = StepMetrics["metrics"][number];

export interface ReadMetrics {
  readonly name: string;
  readonly status: string;
  /** A pickle of metrics that a step wrote on this machine, whose numbers are not read. */
  readonly pickle: string | undefined;
  /** The job and its steps in graph order, each followed by the runs nested in it. */
  readonly runs: readonly (Omit<StepMetrics, "metrics" | "name" | "parent" | "note"> & {
    /** The last value of each metric, and with `all` the range of its values. */
    readonly metrics: readonly (Pick<LoggedMetric, "name" | "value"> & Partial<LoggedMetric> & {
      readonly range?: ReturnType<typeof rangeOf>;
    })[];
  })[];
}

/**
 * Reads what a job logged to MLflow, and if it ran on this machine, the numbers in the JSON files that it wrote.
 *
 * @throws {UserError} `job.not_found`, `job.no_step`, `azure.*`.
 */
export async function readMetrics(
  { workspace, name }: RunTarget,
  { step, all = false }: {
    readonly step?: string | undefined;
    /** Whether all values are read, not only the last one. */
    readonly all?: boolean | undefined;
  },
): Promise<ReadMetrics> {
  const run = await openRun(workspace, name);
  const { job: { status }, history } = run;
  const wanted = step === undefined ? undefined : run.step(step).key;
  const [logged, results] = await Promise.all([readJobMetrics(workspace, run), openResults(run).results()]);
  const isWanted = ({ key }: Pick<StepMetrics, "key">) => wanted === undefined || key === wanted;
  const runs = logged.filter(isWanted);
  const written = results.filter((result) => result.metrics.length > 0 && isWanted(result))
    .map(({ files: _, others: __, ...result }) => ({
      ...result,
      id: run.steps.find(({ key }) => key === result.key)!.run!.id,
      params: {},
      tags: {},
    }));
  const pickle = results.filter(isWanted).flatMap(({ others }) => others)
    .find(({ path }) => /\.(?:pickle|pkl)$/i.test(path) && /metric|score/i.test(path))?.path;
  if (!all) return { name, status, pickle, runs: [...runs, ...written] };
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
  return { name, status, pickle, runs: [...await Promise.all(withRanges), ...written] };
}

type ShownStep = RunStep & { readonly nodeRuns?: readonly NodeState[] };

/** A run with its steps, at the time `now`. */
export type ShownRun = Awaited<ReturnType<typeof showRun>>;

/**
 * Reads a run with its steps; if run history cannot be read, only the run and a warning.
 *
 * @throws {UserError} `job.not_found`, `azure.*`.
 */
export async function showRun({ workspace, name, isKept = false }: RunTarget) {
  const now = workspace.clock.now();
  const linked = (job: Job): Job => isKept ? { ...job, studioUrl: undefined } : job;
  try {
    const limit = transferLimit();
    const run = await openRun(workspace, name);
    const [steps, metrics, times, failures] = await Promise.all([
      Promise.all(run.steps.map((step) => limit(() => withNodes(run, step)))),
      readMainMetrics(workspace, run),
      run.own(),
      run.failures(),
    ]);
    return { job: linked(run.job), times, failures, steps, metrics, now, warnings: [] };
  } catch (thrown) {
    const { message: why } = userErrorOf(thrown, workspace.signal);
    const job = await getJob(workspace, name);
    const message = `Cannot show the steps of job "${name}": ${why}`;
    const unread = { times: undefined, failures: [], steps: [], metrics: [] };
    // job.no_steps: The steps cannot be shown for the reason that the message gives.
    return { job: linked(job), ...unread, now, warnings: [{ code: "job.no_steps", message }] };
  }
}

/** Adds the states of the nodes that the step's log reports; adds nothing if the log cannot be read. */
async function withNodes(opened: OpenRun, step: RunStep): Promise<ShownStep> {
  const { workspace } = opened;
  const { nodes, run } = step;
  if (nodes === undefined) return step;
  if (run?.startedAt === undefined) return { ...step, nodeRuns: waitingNodes(nodes) };
  const board = openBoard([step]);
  board.take({ type: "step", job: "", run, key: step.key });
  try {
    for (const [, url] of userLogs(await opened.logFiles(step))) {
      for (const node of nodeLines(await readAll(workspace, url) ?? "")) {
        board.take({ type: "node", job: "", step: step.label, key: step.key, node });
      }
    }
  } catch (thrown) {
    userErrorOf(thrown, workspace.signal);
    return step;
  }
  return { ...step, nodeRuns: board.steps()[0]!.nodes! };
}
