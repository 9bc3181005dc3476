import { type Validated, validateJobs } from "../../app/validate/validate.ts";
import type { CommandContext } from "../command/declare.ts";
import type { Severity } from "../../azureml/features/checks/finding.ts";
import { ExitCode } from "../../core/errors.ts";
import { annotate } from "../ci/annotations.ts";
import type { Output } from "../command/output.ts";
import { exitCodeForFindings } from "../command/exit_code.ts";
import { checkRequest, type CheckTyped } from "../command/requests.ts";
import { findingLines } from "../text/findings.ts";
import { countText } from "../../core/text/numbers.ts";

/** Checks jobs for problems that would make them fail in Azure; all jobs if none is named. */
export async function validate(
  ctx: CommandContext,
  typed: CheckTyped & { readonly online?: boolean },
): Promise<Output> {
  const { jobs, ...request } = await checkRequest(ctx, typed);
  const all = typed.all ?? (jobs.names.length === 0 && jobs.selection === undefined);
  const validated = await validateJobs(ctx, { ...request, jobs: { ...jobs, all }, online: typed.online });
  annotate(ctx, validated);
  return renderValidated(validated, typed);
}

/** Renders the findings, errors first, and the counts last. */
function renderValidated(
  { jobs, findings, online }: Validated,
  { strict = false }: Pick<CheckTyped, "strict">,
): Output {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const counts = { errors: count("error"), warnings: count("warning"), notes: count("note") };
  const exit = exitCodeForFindings(findings, strict);
  return {
    data: { ok: exit === ExitCode.Ok, jobs, online, strict, counts, findings },
    text: [...findingLines(findings, jobs), summary(jobs, counts, exit)].join("\n") +
      "\n",
    exit,
  };
}

/** The number of findings of each severity. */
type Counts = Readonly<Record<"errors" | "warnings" | "notes", number>>;

function summary(jobs: readonly string[], { errors, warnings, notes }: Counts, exit: ExitCode): string {
  const mark = exit === ExitCode.Ok ? "✓" : "✗";
  // Without jobs, the project could not be read.
  if (jobs.length === 0) return `${mark} ${countText(errors, "error")}`;
  const counts = [countText(errors, "error"), countText(warnings, "warning"), countText(notes, "note")];
  return `${mark} ${countText(jobs.length, "job")}: ${counts.join(", ")}`;
}
