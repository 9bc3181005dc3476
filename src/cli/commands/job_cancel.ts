import { cancelJob } from "../../azureml/jobs.ts";
import type { Context } from "../../context.ts";
import { type JobOptions, openJob } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Asks Azure to cancel one job, and does not wait for its end. */
export async function jobCancel(ctx: Context, options: JobOptions): Promise<Output> {
  const { workspace, name } = await openJob(ctx, options);
  await cancelJob(workspace, name);
  return {
    data: { name, status: "CancelRequested" },
    text: `✓ Job ${name} is asked to stop; \`kedro-azureml job follow ${name}\` shows its end\n`,
  };
}
