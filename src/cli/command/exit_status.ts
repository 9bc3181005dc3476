import type { Finding } from "../../azureml/checks/finding.ts";
import { ExitCode } from "../../core/errors.ts";

/** The exit status of a command that followed a run, by the status in which the run ended. */
export function exitOfStatus(status: string): ExitCode {
  if (status === "Completed") return ExitCode.Ok;
  return status === "Canceled" ? ExitCode.JobCanceled : ExitCode.JobFailed;
}

/** The exit status of a command that checked a project; warnings count only with `strict`. */
export function exitOfFindings(findings: readonly Finding[], strict: boolean): ExitCode {
  const error = findings.find(({ severity }) => severity === "error");
  if (error !== undefined) return error.exit ?? ExitCode.Config;
  return strict && findings.some(({ severity }) => severity === "warning") ? ExitCode.Config : ExitCode.Ok;
}
