import type { Context } from "../../core/context.ts";
import { followLogs, jobLogs as logsOf, type LogsOptions } from "../../app/runs/logs.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";

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
