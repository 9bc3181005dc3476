import type { Context } from "../../core/context.ts";
import { openInStudio } from "../../app/runs/open.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";

/** Shows jobs in Azure ML Studio. */
export async function* jobOpen(ctx: Context, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await openInStudio(ctx, job);
}
