import type { AppContext } from "../../app/context.ts";
import { followRuns } from "../../app/job/follow.ts";
import { openRuns, type RunTargetOptions } from "../../app/run/targets.ts";
import { renderResults } from "../text/run_results.ts";
import { type RunsTyped, withNames } from "../command/typed.ts";
import type { Output } from "../command/output.ts";

/** Options of `job follow`. */
export interface JobFollowOptions extends RunTargetOptions {
  /** In seconds. */
  readonly timeout?: number;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs until they end. */
export async function* jobFollow(
  ctx: AppContext,
  typed: RunsTyped & Omit<JobFollowOptions, "names">,
): AsyncIterable<Output> {
  const options = withNames(typed);
  yield* renderResults(followRuns(ctx, await openRuns(ctx, options), options));
}
