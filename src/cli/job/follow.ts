import type { AppContext } from "../../app/context.ts";
import { followEach } from "../../app/runs/follow_all.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import { renderResults } from "../text/run_results.ts";
import type { Output } from "../command/output.ts";

/** Options of `job follow`. */
export interface JobFollowOptions extends JobOptions {
  /** Seconds. */
  readonly timeout?: number;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs to their end. */
export async function* jobFollow(ctx: AppContext, options: JobFollowOptions): AsyncIterable<Output> {
  yield* renderResults(followEach(ctx, await openJobs(ctx, options), options));
}
