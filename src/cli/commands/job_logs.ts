import type { Context } from "../../context.ts";
import { followLogs, jobLogs as logsOf, type LogsOptions } from "../job_logs.ts";
import { type JobOptions, openJobs } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Options of `job logs`. */
export interface JobLogsOptions extends JobOptions, LogsOptions {
  readonly follow?: boolean;
}

/** Prints the logs of jobs. */
export async function* jobLogs(ctx: Context, options: JobLogsOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) {
    yield* options.follow ? followLogs(job, options) : logsOf(job, options);
  }
}
