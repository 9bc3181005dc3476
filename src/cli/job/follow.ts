import type { AppContext } from "../../app/context.ts";
import { followRuns } from "../../app/job/follow.ts";
import { openRuns, type RunTargetOptions } from "../../app/run/targets.ts";
import { renderResults } from "../text/run_results.ts";
import { limitsOf, runsRequest, type RunsTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";

/** What is typed for `job follow`. */
interface JobFollowTyped extends RunsTyped, Omit<RunTargetOptions, "names" | "from"> {
  /** In seconds. */
  readonly timeout?: number;
  readonly logs?: boolean;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs until they end. */
export async function* jobFollow(ctx: AppContext, typed: JobFollowTyped): AsyncIterable<Output> {
  const { timeout, logs, cancelOnInterrupt = false, ...runs } = typed;
  const targets = await openRuns(ctx, runsRequest(runs));
  yield* renderResults(followRuns(ctx, targets, { ...limitsOf({ timeout, logs }), cancelOnInterrupt }));
}
