import type { Context } from "../../core/context.ts";
import { downloadJob, type DownloadOptions } from "../../app/runs/download.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";

/** Downloads what the steps of jobs have left. */
export async function* jobDownload(
  ctx: Context,
  options: JobOptions & DownloadOptions,
): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield await downloadJob(ctx, job, options);
}
