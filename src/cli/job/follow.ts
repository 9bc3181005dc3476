import type { AppContext } from "../../app/context.ts";
import { followRuns } from "../../app/job/follow.ts";
import { renderResults } from "../text/run_results.ts";
import { followLimits, type FollowTyped, openTyped, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";

/** What is typed for `job follow`. */
interface JobFollowTyped extends RunsTyped, Omit<FollowTyped, "waitForCompletion"> {
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs until they end. */
export async function* jobFollow(ctx: AppContext, typed: JobFollowTyped): AsyncIterable<Output> {
  const { cancelOnInterrupt } = typed;
  const targets = await openTyped(ctx, typed);
  yield* renderResults(followRuns(ctx, targets, { ...followLimits(typed), cancelOnInterrupt }));
}
