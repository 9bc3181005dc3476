import type { AppContext } from "../../app/context.ts";
import { type ReportOptions, reportRuns, type WrittenReport } from "../../app/job/report.ts";
import { type RunsTyped, withNames } from "../command/typed.ts";
import type { Output } from "../command/output.ts";
import { sizeText } from "../text/units.ts";

/** Writes a page for each job. */
export async function* jobReport(
  ctx: AppContext,
  typed: RunsTyped & Omit<ReportOptions, "names">,
): AsyncIterable<Output> {
  const options = withNames(typed);
  for await (const report of reportRuns(ctx, options)) yield renderReport(report);
}

function renderReport({ name, status, file, sizeBytes, steps, notices }: WrittenReport): Output {
  return {
    data: { name, status, file, sizeBytes, steps },
    text: `✓ Job ${name}: wrote ${file}, ${sizeText(sizeBytes)}\n`,
    warnings: notices.map((message) => ({ code: "report.incomplete", message })),
  };
}
