import { studioUrl } from "../azureml/jobs.ts";
import type { Context } from "../context.ts";
import { openBoard } from "./board.ts";
import { follow, type FollowingOptions } from "./following.ts";
import type { OpenedJob } from "./job_target.ts";
import { merged } from "./merged.ts";
import type { Output } from "./output.ts";
import { openSentJobs } from "./sent_jobs.ts";

/** How jobs are followed. */
export interface FollowingJobsOptions {
  /** Seconds. */
  readonly timeout?: number;
  readonly cancelOnInterrupt?: boolean;
  readonly logs?: boolean;
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
    const boards = jobs.map((job) => ({ ...job, board: openBoard() }));
    for (const { name, job = name, workspace, board } of boards) {
      const taken = { job, name, studioUrl: studioUrl(workspace, name), status: "Unknown", board };
      await sent.accepted(taken, workspace);
    }
    yield* merged(boards.map(async function* ({ name, job, workspace, board }) {
      const known = job === undefined ? {} : { job };
      const onEnd: FollowingOptions["onEnd"] = (end) => sent.ended(end);
      yield await follow(ctx, workspace, { ...options, name, ...known, board, onEnd });
    }));
  } catch (thrown) {
    throw ctx.signal.aborted ? await sent.interrupted() : thrown;
  } finally {
    await sent.close();
  }
}
