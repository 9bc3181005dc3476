import type { Context } from "../../core/context.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";
import { showJob } from "../../app/runs/show.ts";

/** Shows the state of jobs and of their steps. */
export async function* jobShow(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await showJob(job);
}
