import type { AppContext } from "../../app/context.ts";
import { isKeptFolder, reportKept } from "../../app/emulator/report_kept.ts";
import { reportRuns, type WrittenReport } from "../../app/job/report.ts";
import { type OutputTyped, runsRequest, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { sizeText } from "../text/units.ts";

/** What is typed for `job report`. */
interface JobReportTyped extends RunsTyped, OutputTyped {
  readonly logs?: boolean;
  readonly previews?: boolean;
}

/** Writes a page for each job; those of a folder are the jobs of a rehearsal or an emulator that kept its state. */
export async function* jobReport(ctx: AppContext, typed: JobReportTyped): AsyncIterable<Output> {
  const { from, args: { names }, output: file = "report.html", force, logs, previews } = typed;
  const options = { file, force, logs, previews };
  const reports = from !== undefined && await isKeptFolder(ctx, from)
    ? reportKept(ctx, { from, names }, options)
    : reportRuns(ctx, runsRequest(typed), options);
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
