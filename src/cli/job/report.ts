import type { AppContext } from "../../app/context.ts";
import { isKeptFolder, reportKept } from "../../app/emulator/report_kept.ts";
import { type ReportOptions, reportRuns, type WrittenReport } from "../../app/job/report.ts";
import { runsRequest, type TypedFor } from "../command/requests.ts";
import type { Output } from "../command/output.ts";
import { sizeText } from "../text/units.ts";

/** Writes a page for each job; those of a folder are the jobs of a rehearsal or an emulator that kept its state. */
export async function* jobReport(ctx: AppContext, typed: TypedFor<ReportOptions>): AsyncIterable<Output> {
  const { from, args: { names } } = typed;
  const reports = from !== undefined && await isKeptFolder(ctx, from)
    ? reportKept(ctx, { ...typed, from, names })
    : reportRuns(ctx, runsRequest(typed));
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
