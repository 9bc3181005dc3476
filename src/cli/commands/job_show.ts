import { getJob } from "../../azureml/jobs.ts";
import type { Context } from "../../context.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";
import { renderJob } from "../render/job.ts";

/** Shows the state of jobs. */
export async function* jobShow(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  for (const { workspace, name } of await openJobs(ctx, options)) {
    yield renderJob(await getJob(workspace, name));
  }
}
