import { studioUrl } from "../../azureml/jobs/job.ts";
import type { Context } from "../../core/context.ts";
import { openBoard } from "./step_board.ts";
import { follow, type FollowingOptions } from "./follow.ts";
import type { OpenedJob } from "./targets.ts";
import { merged } from "./merge.ts";
import type { Output } from "../../cli/command/output.ts";
import { openSentJobs } from "../records/ledger.ts";

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
