import { studioUrl } from "../azureml/submit.ts";
import type { Context } from "../context.ts";
import { follow } from "./following.ts";
import type { OpenedJob } from "./job_target.ts";
import { merged } from "./merged.ts";
import type { Output } from "./output.ts";
import { openSentJobs } from "./sent_jobs.ts";

/** How jobs are followed. */
export interface FollowingJobsOptions {
  /** Seconds. */
  readonly timeout?: number;
  readonly cancelOnInterrupt?: boolean;
  readonly json?: boolean;
}

/**
 * Follows jobs to their end, all at once.
 *
 * @throws {UserError} `interrupted` with what to type to go on or to stop the jobs, `job.timed_out`, `job.not_found`.
 */
export async function* followEach(
  ctx: Context,
  jobs: readonly OpenedJob[],
  options: FollowingJobsOptions,
): AsyncIterable<Output> {
  const sent = openSentJobs(ctx, { ...options, env: "" });
  try {
    for (const { name, job = name, workspace } of jobs) {
      await sent.accepted({ job, name, studioUrl: studioUrl(workspace, name), status: "Unknown" }, workspace);
    }
    yield* merged(jobs.map(async function* ({ name, job, workspace }) {
      const { timeout, json = false } = options;
      yield await follow(ctx, workspace, {
        name,
        timeout,
        json,
        ...(job !== undefined && { job }),
        onEnd: (end) => sent.ended(end),
      });
    }));
  } catch (thrown) {
    throw ctx.signal.aborted ? await sent.interrupted() : thrown;
  }
}
