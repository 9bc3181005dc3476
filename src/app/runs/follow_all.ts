import type { AppContext } from "../context.ts";
import { studioUrl } from "../../azureml/jobs/job.ts";
import { openBoard } from "../step_board.ts";
import { follow, type FollowingOptions } from "./follow.ts";
import type { OpenedJob } from "./targets.ts";
import { merged } from "./merge.ts";
import type { RunResult } from "./results.ts";
import { openSentJobs } from "../records/ledger.ts";

/** How jobs are followed. */
export interface FollowingJobsOptions {
  /** Seconds. */
  readonly timeout?: number;
  readonly cancelOnInterrupt?: boolean;
  readonly logs?: boolean;
}

/**
 * Follows jobs to their end, all at once.
 *
 * @throws {UserError} `interrupted` with what to type to go on or to stop the jobs, `job.timed_out`, `job.not_found`.
 */
export async function* followEach(
  ctx: AppContext,
  jobs: readonly OpenedJob[],
  options: FollowingJobsOptions,
): AsyncIterable<RunResult> {
  const sent = openSentJobs(ctx, { ...options, env: "" });
  try {
    const boards = jobs.map((job) => ({ ...job, board: openBoard() }));
    for (const { name, job = name, workspace, board } of boards) {
      const taken = { job, name, studioUrl: studioUrl(workspace, name), status: "Unknown", board };
      await sent.accepted(taken, workspace);
    }
    yield* merged(boards.map(async function* ({ name, job, workspace, board }): AsyncGenerator<RunResult> {
      const known = job === undefined ? {} : { job };
      const onEnd: FollowingOptions["onEnd"] = (end) => sent.ended(end);
      yield {
        type: "ended",
        run: await follow(ctx, workspace, { ...options, name, ...known, board, onEnd }),
      };
    }));
  } catch (thrown) {
    throw ctx.signal.aborted ? await sent.interrupted() : thrown;
  } finally {
    await sent.close();
  }
}
