import type { Context } from "../../core/context.ts";
import { cancelEach } from "../../app/runs/cancel.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";

/** Asks Azure to cancel jobs, and does not wait for their end. */
export async function* jobCancel(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  yield* cancelEach(await openJobs(ctx, options));
}
