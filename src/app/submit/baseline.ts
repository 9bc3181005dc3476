import type { AppContext } from "../context.ts";
import { findJobBody, getPipelineBody, type JobAndBody } from "../../azureml/jobs/job.ts";
import { listJobs } from "../../azureml/jobs/list.ts";
import { RERUN_OF } from "../../azureml/submit/rerun_body.ts";
import type { JobBody } from "../../azureml/write/to_rest.ts";
import type { Workspace } from "../../azureml/client/workspace.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { lastJob } from "../records/remembered_jobs.ts";

/** What an earlier run is looked for by. */
export interface BaselineQuery {
  /** The project's folder. */
  readonly root: string;
  /** The job's name in azureml.yml. */
  readonly job: string;
  /** The Kedro environment. */
  readonly env: string;
  /** What would be sent now. */
  readonly body: JobBody;
  /** Name in Azure ML of the run that is meant. */
  readonly against: string | undefined;
}

/** How many jobs of a workspace are looked at. */
const LOOKED_AT = 1000;

/**
 * Finds the run that a job is compared with: the one that is named, else the last that was submitted from this project
 * on this machine, else the newest of the workspace with the same experiment and name to show. One that only repeats
 * another, perhaps in part, stands for that.
 *
 * @throws {UserError} `job.not_found`, `job.no_pipeline`, `diff.no_run` where there is none.
 */
export async function findBaseline(
  ctx: AppContext,
  workspace: Workspace,
  query: BaselineQuery,
): Promise<JobAndBody> {
  const { root, job, env, against } = query;
  if (against !== undefined) return await getPipelineBody(workspace, against);
  const known = await lastJob(ctx, root, { job, env, sent: true });
  const isHere = known !== undefined && known.workspace.name === workspace.config.name &&
    known.workspace.resource_group === workspace.config.resource_group &&
    known.workspace.subscription_id === workspace.config.subscription_id;
  const last = isHere ? await findJobBody(workspace, known.name) : undefined;
  if (last !== undefined) return await repeatedBy(workspace, last);
  const newest = await newestLike(workspace, query.body);
  if (newest !== undefined) return await repeatedBy(workspace, await getPipelineBody(workspace, newest));
  throw new UserError(
    `Cannot compare job "${job}": workspace "${workspace.config.name}" has no earlier run of it`,
    {
      code: "diff.no_run",
      exit: ExitCode.Rejected,
      hint: "Name a run with `--against JOB_NAME`, or another workspace of azureml.yml with `-w`",
    },
  );
}

/** The job that another repeats, perhaps only in part; the other itself where that is gone. */
async function repeatedBy(workspace: Workspace, found: JobAndBody): Promise<JobAndBody> {
  const seen = new Set<string>();
  for (let run = found;;) {
    seen.add(run.job.name);
    const of = (run.body.properties.tags as Readonly<Record<string, string>> | undefined)?.[RERUN_OF];
    const before = of === undefined || seen.has(of) ? undefined : await findJobBody(workspace, of);
    if (before === undefined) return run;
    run = before;
  }
}

async function newestLike(workspace: Workspace, { properties }: JobBody): Promise<string | undefined> {
  let looked = 0;
  for await (const { name, displayName, experimentName } of listJobs(workspace)) {
    if (displayName === properties.displayName && experimentName === properties.experimentName) return name;
    if (++looked === LOOKED_AT) return undefined;
  }
  return undefined;
}
