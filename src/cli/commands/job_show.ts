import type { Context } from "../../context.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";
import { showJob } from "../showing.ts";

/** Shows the state of jobs and of their steps. */
export async function* jobShow(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await showJob(job);
}
