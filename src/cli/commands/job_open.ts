import type { Context } from "../../context.ts";
import { openInStudio } from "../opening.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Shows jobs in Azure ML Studio. */
export async function* jobOpen(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await openInStudio(ctx, job);
}
