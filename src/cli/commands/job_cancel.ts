import type { Context } from "../../context.ts";
import { cancelEach } from "../cancelling.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Asks Azure to cancel jobs, and does not wait for their end. */
export async function* jobCancel(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  yield* cancelEach(await openJobs(ctx, options));
}
