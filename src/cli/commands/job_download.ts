import type { Context } from "../../context.ts";
import { downloadJob, type DownloadOptions } from "../downloading.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Downloads what the steps of jobs have left. */
export async function* jobDownload(
  ctx: Context,
  options: JobOptions & DownloadOptions,
): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await downloadJob(ctx, job, options);
}
