import type { JobConfig } from "../../config/azureml/types.ts";
import { allJobs, isFactory } from "../../config/azureml/job_factories.ts";
import type { Warning } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";
import { openConfig, openSession, type ReadOptions } from "../project/open.ts";
import { compareText } from "../../core/text/names.ts";

/** The job factories of azureml.yml. */
export interface JobFactories {
  readonly patterns: readonly string[];
  readonly warnings: readonly Warning[];
}

/** A job of azureml.yml, written out or created by a job factory. */
export interface ResolvedJob {
  readonly job: string;
  readonly pipeline: string;
  readonly namespaces: readonly string[];
  readonly schedule: JobConfig["schedule"];
  readonly fromFactory: boolean;
}

/** Lists the job factories of azureml.yml without reading the project's pipelines. */
export async function listFactories(ctx: AppContext, options: ReadOptions): Promise<JobFactories> {
  const { azureml, warnings } = await openConfig(ctx, options);
  return { patterns: Object.keys(azureml.jobs).filter(isFactory).sort(), warnings };
}

/**
 * Lists all jobs: those written out, and those that job factories create from the pipelines' namespaces.
 *
 * @throws {UserError} as {@linkcode openSession}, `job.factory`.
 */
export async function resolveFactories(
  ctx: AppContext,
  options: ReadOptions,
): Promise<{ readonly jobs: readonly ResolvedJob[]; readonly warnings: readonly Warning[] }> {
  const { config, snapshot, warnings } = await openSession(ctx, options);
  const jobs = [...allJobs(config, snapshot.pipelines)].map(([job, { pipeline, schedule }]): ResolvedJob => ({
    job,
    pipeline: pipeline.pipeline_name,
    namespaces: pipeline.node_namespaces ?? [],
    schedule,
    fromFactory: !Object.hasOwn(config.azureml.jobs, job),
  }));
  return { jobs: jobs.sort((a, b) => compareText(a.job, b.job)), warnings };
}
