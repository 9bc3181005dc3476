import { getJobRuns } from "../../azureml/history/job_runs.ts";
import { getJob } from "../../azureml/jobs/job.ts";
import { UserError } from "../../core/errors.ts";
import type { OpenedJob } from "./targets.ts";
import type { Output } from "../../cli/command/output.ts";
import { renderJob } from "../../cli/job/job_text.ts";

/**
 * Shows one job with its steps; where run history cannot be asked, the job alone and a warning.
 *
 * @throws {UserError} `job.not_found`, `azure.*`.
 */
export async function showJob({ workspace, name }: OpenedJob): Promise<Output> {
  const now = workspace.clock.now();
  try {
    const { job, steps } = await getJobRuns(workspace, name);
    return renderJob(job, { steps, now });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    const job = await getJob(workspace, name);
    const message = `The steps of job "${name}" cannot be shown: ${thrown.message}`;
    return { ...renderJob(job, { steps: [], now }), warnings: [{ code: "job.no_steps", message }] };
  }
}
