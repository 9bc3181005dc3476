import type { AppContext } from "../context.ts";
import { findJobBody, getPipelineBody, type JobAndBody } from "../../azureml/service/runs/run.ts";
import type { ListedJob } from "../../azureml/service/runs/list.ts";
import { RERUN_OF } from "../../azureml/features/rerun/remaining_body.ts";
import type { JobBody } from "../../azureml/job/write/job_body.ts";
import type { Workspace } from "../../azureml/service/client/workspace.ts";
import { workspaceId } from "../../config/azureml/types.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { lastJob } from "../records/remembered_jobs.ts";
import { newestLike } from "../run/run_names.ts";

/** Selects the run to compare with. */
export interface BaselineQuery {
  /** The project's folder. */
  readonly root: string;
  /** Name in azureml.yml. */
  readonly job: string;
  /** The Kedro environment. */
  readonly env: string;
  /** The request that would be sent now. */
  readonly body: JobBody;
  /** Name in Azure ML of the run to use; `undefined` for the last one. */
  readonly against: string | undefined;
}

/** The run that a job is compared with. */
export interface Baseline extends JobAndBody {
  /** Set if nothing but its name says that it is a run of the job. */
  readonly doubt: Warning | undefined;
}

/**
 * Finds the run that a job is compared with: the one that is named, else the last one submitted from this project on
 * this machine, else the newest in the workspace with the same experiment and display name that is not known to be of
 * another job. The last run may be a rerun.
 *
 * @throws {UserError} `job.not_found`, `job.no_pipeline`, `diff.no_run` if there is none.
 */
export async function findBaseline(
  ctx: AppContext,
  workspace: Workspace,
  query: BaselineQuery,
): Promise<Baseline> {
  const { root, job, env, against } = query;
  if (against !== undefined) return { ...await getPipelineBody(workspace, against), doubt: undefined };
  const lastRun = await lastJob(ctx, root, { job, env, sent: true });
  const isHere = lastRun !== undefined && workspaceId(lastRun.workspace) === workspaceId(workspace.config);
  const last = isHere ? await findJobBody(workspace, lastRun.name) : undefined;
  if (last !== undefined) return { ...await asBaseline(workspace, last), doubt: undefined };
  const { displayName, experimentName } = query.body.properties;
  const newest = await newestLike(ctx, workspace, { root, job, displayName, experimentName });
  if (newest !== undefined) {
    const baseline = await asBaseline(workspace, await getPipelineBody(workspace, newest.run.name));
    return { ...baseline, doubt: newest.isCertain ? undefined : doubtAbout(job, newest.run) };
  }
  throw new UserError(
    `Job "${job}" has no earlier run in workspace "${workspace.config.name}"`,
    {
      code: "diff.no_run",
      exit: ExitCode.Rejected,
      hint: "Choose a run with `--against RUN`, or another workspace with `-w`",
    },
  );
}

function doubtAbout(job: string, { name, displayName }: ListedJob): Warning {
  return {
    code: "diff.by_display_name",
    message:
      `This machine remembers no run of job "${job}" in the workspace, so it is compared with "${name}", the newest run with the display name "${displayName}", which may be of another job`,
    hint: "Choose a run with `--against RUN`; `kedro-azureml job list` shows them",
  };
}

/**
 * Converts a run to a baseline. A rerun has some or all of the steps of the run that it repeats, so the body is that
 * of the original run.
 */
async function asBaseline(workspace: Workspace, last: JobAndBody): Promise<JobAndBody> {
  const seen = new Set<string>();
  for (let run = last;;) {
    seen.add(run.job.name);
    const original = (run.body.properties.tags as Readonly<Record<string, string>> | undefined)?.[RERUN_OF];
    const before = original === undefined || seen.has(original)
      ? undefined
      : await findJobBody(workspace, original);
    if (before === undefined) return { job: last.job, body: run.body };
    run = before;
  }
}
