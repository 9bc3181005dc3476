import { ownValue } from "../../core/fields.ts";
import type { TrackedOutcome } from "../world/options.ts";
import { experimentId } from "../jobs/run_description.ts";
import { displayNameOf, findRun, jobRun, type Run, stepRuns } from "../jobs/state.ts";
import { type EmulatedWorkspace, type JobRecord, jobsIn, type World } from "../world/world.ts";
import { readHistory, readStored, type StoredMetric, type StoredRun } from "./store.ts";

/** MLflow's status for a status of Azure ML. */
const STATUSES: Readonly<Record<string, string>> = {
  Completed: "FINISHED",
  Failed: "FAILED",
  NotResponding: "FAILED",
  Canceled: "KILLED",
  Running: "RUNNING",
};

/** A job's run, the runs of its steps so far, and the runs that its steps nested in their own. */
export async function trackedRuns(world: World, job: JobRecord): Promise<readonly StoredRun[]> {
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
export async function jobOfRun(
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

/** All values of a metric. */
export async function metricHistory(
  world: World,
  job: JobRecord,
  run: string,
  key: string,
): Promise<readonly StoredMetric[]> {
  if (job.execution !== undefined) return await readHistory(world.disk, run, key);
  const own = [jobRun(world, job), ...stepRuns(world, job)].find(({ id }) => id === run);
  return own === undefined ? [] : simulated(world, own).filter((value) => value.key === key);
}

function withStored(world: World, run: Run, stored: StoredRun | undefined): StoredRun {
  const { job, step } = run;
  const outcome = job.execution === undefined ? outcomeOf(world, run) : undefined;
  const last = new Map(outcome ? simulated(world, run).map((value) => [value.key, value]) : []);
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
    metrics: stored?.metrics ?? [...last.values()],
    params: stored?.params ?? outcome?.params ?? {},
    tags: {
      ...(step !== undefined && { "mlflow.parentRunId": job.name }),
      "mlflow.user": "emulator",
      ...(stored?.tags ?? outcome?.tags),
      "mlflow.runName": name,
    },
  };
}

/** What a simulated run logs once it has started. */
function outcomeOf(
  { outcome: { tracked = {} } }: World,
  { job, step = "", startedAt }: Run,
): TrackedOutcome | undefined {
  return startedAt === undefined
    ? undefined
    : ownValue(tracked, `${job.name}/${step}`) ?? ownValue(tracked, step);
}

function simulated(world: World, run: Run): readonly StoredMetric[] {
  return Object.entries(outcomeOf(world, run)?.metrics ?? {}).flatMap(([key, values]) =>
    values.map((value, at) => ({ key, value, timestamp: run.startedAt! + at, step: at }))
  );
}
