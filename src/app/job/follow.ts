import type { AppContext } from "../context.ts";
import { studioUrl } from "../../azureml/service/runs/studio_url.ts";
import { openBoard } from "../step_board.ts";
import { follow, type FollowRequest, interleaved } from "../run/follow_run.ts";
import type { RunTarget } from "../run/targets.ts";
import type { RunResult } from "../run/results.ts";
import { openLedger } from "../records/ledger.ts";

/** Options of following runs. */
export interface FollowRunsOptions extends FollowRequest {
  readonly cancelOnInterrupt?: boolean | undefined;
}

/**
 * Follows several runs in parallel until they end.
 *
 * @throws {UserError} `interrupted`, which says how to resume or to stop the jobs, `job.timed_out`, `job.not_found`.
 */
export async function* followRuns(
  ctx: AppContext,
  jobs: readonly RunTarget[],
  options: FollowRunsOptions,
): AsyncIterable<RunResult> {
  const ledger = openLedger(ctx, { ...options, env: "" });
  try {
    const boards = jobs.map((job) => ({ ...job, board: openBoard() }));
    for (const { name, job = name, workspace, board } of boards) {
      const taken = { job, name, studioUrl: studioUrl(workspace, name), status: "Unknown", board };
      await ledger.accepted(taken, workspace);
    }
    yield* interleaved(
      boards.map(async function* ({ name, job, workspace, board }): AsyncGenerator<RunResult> {
        const named = job === undefined ? {} : { job };
        const onEnd = ledger.ended;
        yield {
          type: "ended",
          run: await follow(ctx, workspace, { ...options, name, ...named, board, onEnd }),
        };
      }),
    );
  } catch (thrown) {
    throw ctx.signal.aborted ? await ledger.interrupted() : thrown;
  } finally {
    await ledger.close();
  }
}
