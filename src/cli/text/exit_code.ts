import type { Finding } from "../../azureml/checks/finding.ts";
import { ExitCode } from "../../core/errors.ts";

/** The exit code of a command that waited for a job. */
export function exitCodeForRun(status: string): ExitCode {
  if (status === "Completed") return ExitCode.Ok;
  return status === "Canceled" ? ExitCode.JobCanceled : ExitCode.JobFailed;
}

/** The exit code of a command that checked a project; with `strict`, warnings count as errors. */
export function exitCodeForFindings(findings: readonly Finding[], strict: boolean): ExitCode {
  const error = findings.find(({ severity }) => severity === "error");
  if (error !== undefined) return error.exit ?? ExitCode.Config;
  return strict && findings.some(({ severity }) => severity === "warning") ? ExitCode.Config : ExitCode.Ok;
}
