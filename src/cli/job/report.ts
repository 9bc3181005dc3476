import type { AppContext } from "../../app/context.ts";
import { writeReports, type WrittenReport } from "../../app/job/report.ts";
import { openTyped, type OutputTyped, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { sizeText } from "../text/units.ts";

/** What is typed for `job report`. */
interface JobReportTyped extends RunsTyped, OutputTyped {
  readonly logs?: boolean;
  readonly previews?: boolean;
}

/** Writes a page for each job. */
export async function* jobReport(ctx: AppContext, typed: JobReportTyped): AsyncIterable<Output> {
  const { output: file = "report.html", force, logs, previews } = typed;
  const reports = writeReports(ctx, await openTyped(ctx, typed), { file, force, logs, previews });
  for await (const report of reports) yield renderReport(report);
}

/** Renders a page that was written. */
export function renderReport({ name, status, file, sizeBytes, steps, notices }: WrittenReport): Output {
  return {
    data: { name, status, file, sizeBytes, steps },
    text: `✓ Job ${name}: wrote ${file}, ${sizeText(sizeBytes)}\n`,
    warnings: notices.map((message) => ({ code: "report.incomplete", message })),
  };
}
