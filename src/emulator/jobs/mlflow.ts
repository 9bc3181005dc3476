import { numberData } from "../../core/format.ts";
import { compareText } from "../../core/text_match.ts";
import { jsonAnswer, mlflowError, type Refusal, UNKNOWN_ROUTE } from "../http/refusal.ts";
import {
  type EmulatedWorkspace,
  type JobRecord,
  jobsIn,
  workspaceWithId,
  type World,
} from "../state/world.ts";
import { readHistory, readStored, STATUSES, type StoredRun } from "./mlflow_store.ts";
import { experimentId } from "./run_description.ts";
import { requireToken } from "./run_history.ts";
import { displayNameOf, findRun, jobRun, type Run, stepRuns } from "./simulated_timeline.ts";

/** Most runs in one page, as in MLflow. */
const MOST_RUNS = 50_000;
/** Values of a metric in one page, unless the request says otherwise. */
const VALUES_PER_PAGE = 1000;

/** MLflow's API of a workspace, at the URL that azureml-mlflow uses. */
export async function tracking(world: World, request: Request, path: string): Promise<Response> {
  requireToken(world, request);
  const [, id = "", rest = ""] = /^\/mlflow\/v[12]\.0(\/.+)\/api\/2\.0\/mlflow\/(.+)$/.exec(path) ?? [];
  const workspace = workspaceWithId(world, id);
  if (workspace === undefined) throw missing(`There is no workspace at ${path}`);
  return await mlflow(world, workspace, request, rest);
}

/**
 * Answers a request of MLflow's API below `/mlflow/v2.0<workspace>/api/2.0/mlflow/`.
 *
 * @param path Path below that, such as `runs/get`.
 * @throws {Refusal} in MLflow's format.
 */
async function mlflow(
  world: World,
  workspace: EmulatedWorkspace,
  request: Request,
  path: string,
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  switch (`${request.method} ${path}`) {
    case "GET runs/get": {
      const id = required(query, "run_id");
      const job = await jobOfRun(world, workspace, id);
      const run = job && (await trackedRuns(world, job)).find((trackedRun) => trackedRun.id === id);
      if (run === undefined) throw missing(`Run with id=${id} not found`);
      return jsonAnswer({ run: toJson(run) });
    }
    case "POST runs/search":
      return await search(world, workspace, await request.json());
    case "GET metrics/get-history": {
      const id = required(query, "run_id");
      if (await jobOfRun(world, workspace, id) === undefined) throw missing(`Run with id=${id} not found`);
      const values = await readHistory(world.disk, id, required(query, "metric_key"));
      const most = Number(query.get("max_results") ?? VALUES_PER_PAGE);
      const { items, next } = paged(values, query.get("page_token"), most);
      return jsonAnswer({ metrics: items.map(metricJson), ...next });
    }
    default:
      throw UNKNOWN_ROUTE.mlflow(path);
  }
}

async function search(world: World, workspace: EmulatedWorkspace, asked: {
  readonly experiment_ids?: readonly string[];
  readonly filter?: string;
  readonly max_results?: number;
  readonly page_token?: string;
}): Promise<Response> {
  const { experiment_ids: experiments, filter = "", max_results: most = 1000, page_token: token } = asked;
  if (!Array.isArray(experiments) || experiments.length === 0) {
    throw invalid("The request must specify experiment_ids");
  }
  if (!(most > 0 && most <= MOST_RUNS)) throw invalid(`Invalid value for max_results: ${most}`);
  const conditions = filterOf(filter);
  const root = conditions.find(({ tag }) => tag === "mlflow.rootRunId")?.value;
  const jobs = jobsIn(world, workspace).filter(({ name }) => root === undefined || name === root);
  const all = (await Promise.all(jobs.map((job) => trackedRuns(world, job)))).flat();
  const matching = all.filter((run) =>
    experiments.includes(experimentId({ experimentName: run.experiment })) &&
    conditions.every(({ tag, value }) => run.tags[tag] === value)
  ).sort((one, other) => other.startTime - one.startTime || compareText(one.id, other.id));
  const { items, next } = paged(matching, token, most);
  return jsonAnswer({ runs: items.map(toJson), ...next });
}

/** Parses a filter of equal tags, such as ``tags.mlflow.rootRunId = 'train-1'``. */
function filterOf(filter: string): readonly { readonly tag: string; readonly value: string }[] {
  if (filter.trim() === "") return [];
  return filter.split(/\s+AND\s+/i).map((part) => {
    const [, tag, value] = /^\s*tags\.[`"]?([\w.-]+)[`"]?\s*=\s*["']([^"']*)["']\s*$/.exec(part) ?? [];
    if (tag === undefined) throw invalid(`The emulator does not know the filter ${part}`);
    return { tag, value: value! };
  });
}

function paged<T>(all: readonly T[], token: string | null | undefined, most: number) {
  const from = Number(token || 0);
  const to = from + most;
  return { items: all.slice(from, to), next: to < all.length ? { next_page_token: String(to) } : {} };
}

/** A run as Azure ML answers it: long numbers are texts, and there are no empty lists. */
function toJson(run: StoredRun) {
  const { id, name, user, status, startTime, endTime, artifacts, metrics, params, tags } = run;
  const pairs = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([key, value]) => ({ key, value }));
  const lists = { metrics: metrics.map(metricJson), params: pairs(params), tags: pairs(tags) };
  return {
    info: {
      run_uuid: id,
      run_id: id,
      run_name: name,
      experiment_id: experimentId({ experimentName: run.experiment }),
      user_id: user,
      status,
      start_time: String(startTime),
      ...(endTime !== undefined && { end_time: String(endTime) }),
      artifact_uri: artifacts,
      lifecycle_stage: "active",
    },
    data: Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    inputs: {},
  };
}

function metricJson(metric: StoredRun["metrics"][number]) {
  return { ...metric, value: numberData(metric.value) };
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "") throw invalid(`Missing value for required parameter '${name}'`);
  return value;
}

function missing(message: string): Refusal {
  return mlflowError(404, "RESOURCE_DOES_NOT_EXIST", message);
}

function invalid(message: string): Refusal {
  return mlflowError(400, "INVALID_PARAMETER_VALUE", message);
}

/** A job's run, the runs of its steps so far, and the runs that its steps nested in their own. */
async function trackedRuns(world: World, job: JobRecord): Promise<readonly StoredRun[]> {
  const stored = new Map((await readStored(world.disk, job.name)).map((run) => [run.id, run]));
  const runs = [jobRun(world, job), ...stepRuns(world, job)];
  const own = new Set([job.name, ...job.runIds.values()]);
  const tracked = runs.map((run) => withStored(world, run, stored.get(run.id)));
  const nested = [...stored.values()].filter(({ id }) => !own.has(id));
  return [...tracked, ...nested].map((run) => ({
    ...run,
    tags: { "mlflow.rootRunId": job.name, ...run.tags },
  }));
}

/** The job that a run belongs to: the run may be the job's, a step's, or nested in a step's. */
async function jobOfRun(
  world: World,
  workspace: EmulatedWorkspace,
  id: string,
): Promise<JobRecord | undefined> {
  const stepOrJob = findRun(world, workspace, id);
  if (stepOrJob !== undefined) return stepOrJob.job;
  for (const job of jobsIn(world, workspace)) {
    if ((await readStored(world.disk, job.name)).some((run) => run.id === id)) return job;
  }
  return undefined;
}

function withStored(world: World, run: Run, stored: StoredRun | undefined): StoredRun {
  const { job, step } = run;
  const name = stored?.tags["mlflow.runName"] ?? displayNameOf(world, run);
  return {
    id: run.id,
    name,
    experiment: job.experimentName,
    user: world.identity.client,
    status: STATUSES[run.status] ?? "SCHEDULED",
    startTime: run.startedAt ?? run.createdAt,
    endTime: run.endedAt,
    artifacts: stored?.artifacts ?? `azureml://experiments/${experimentId(job)}/runs/${run.id}/artifacts`,
    metrics: stored?.metrics ?? [],
    params: stored?.params ?? {},
    tags: {
      ...(step !== undefined && { "mlflow.parentRunId": job.name }),
      "mlflow.user": "emulator",
      ...stored?.tags,
      "mlflow.runName": name,
    },
  };
}
