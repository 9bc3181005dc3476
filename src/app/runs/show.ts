import { getJobRuns, type JobRuns } from "../../azureml/history/job_runs.ts";
import { getJob, type Job } from "../../azureml/jobs/job.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import type { RunTarget } from "./targets.ts";

/** A run with its steps, at the time `now`. */
export interface ShownRun {
  readonly job: Job;
  /** In graph order; empty if run history could not be read, which is then a warning. */
  readonly steps: JobRuns["steps"];
  readonly now: Date;
  readonly warnings: readonly Warning[];
}

/**
 * Reads a run with its steps; if run history cannot be read, only the run and a warning.
 *
 * @throws {UserError} `job.not_found`, `azure.*`.
 */
export async function showRun({ workspace, name }: RunTarget): Promise<ShownRun> {
  const now = workspace.clock.now();
  try {
    const { job, steps } = await getJobRuns(workspace, name);
    return { job, steps, now, warnings: [] };
  } catch (thrown) {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    const job = await getJob(workspace, name);
    const message = `Cannot show the steps of job "${name}": ${thrown.message}`;
    return { job, steps: [], now, warnings: [{ code: "job.no_steps", message }] };
  }
}
