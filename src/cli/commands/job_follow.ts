import type { Context } from "../../context.ts";
import { followEach } from "../following_jobs.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Options of `job follow`. */
export interface JobFollowOptions extends JobOptions {
  /** Seconds. */
  readonly timeout?: number;
  /** Whether SIGINT and SIGTERM cancel the jobs. */
  readonly cancelOnInterrupt?: boolean;
}

/** Follows jobs to their end. */
export async function* jobFollow(ctx: Context, options: JobFollowOptions): AsyncIterable<Output> {
  yield* followEach(ctx, await openJobs(ctx, options), options);
}
