import { ExitCode } from "../core/errors.ts";

/** What the process returns for the end of a job that was followed. */
export function exitOfJob(status: string): ExitCode {
  if (status === "Completed") return ExitCode.Ok;
  return status === "Canceled" ? ExitCode.JobCanceled : ExitCode.JobFailed;
}
