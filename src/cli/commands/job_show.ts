import { getJob } from "../../azureml/jobs.ts";
import type { Context } from "../../context.ts";
import { type JobOptions, openJobWorkspace } from "../job_workspace.ts";
import type { Output } from "../output.ts";
import { renderJob } from "../render/job.ts";

/** Shows the state of one job. */
export async function jobShow(ctx: Context, options: JobOptions): Promise<Output> {
  return renderJob(await getJob(await openJobWorkspace(ctx, options), options.name));
}
