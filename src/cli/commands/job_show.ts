import { getJob } from "../../azureml/jobs.ts";
import type { Context } from "../../context.ts";
import { type JobOptions, openJob } from "../job_target.ts";
import type { Output } from "../output.ts";
import { renderJob } from "../render/job.ts";

/** Shows the state of one job. */
export async function jobShow(ctx: Context, options: JobOptions): Promise<Output> {
  const { workspace, name } = await openJob(ctx, options);
  return renderJob(await getJob(workspace, name));
}
