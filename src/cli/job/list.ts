import { type ListedRuns, listRuns, type ListRunsOptions } from "../../app/job/list.ts";
import type { CommandContext } from "../command/declare.ts";
import type { Output } from "../command/output.ts";
import { fitRows, tableText } from "../text/table.ts";
import { utcText } from "../text/units.ts";

const HEAD = ["JOB", "STATUS", "EXPERIMENT", "SUBMITTED", "DISPLAY NAME"] as const;

/** Lists the jobs of a workspace. */
export async function jobList(
  ctx: CommandContext,
  typed: ListRunsOptions & { readonly limit?: number },
): Promise<Output> {
  const { number, limit = number, ...options } = typed;
  const runs = await listRuns(ctx, { ...options, ...(limit !== undefined && { number: limit }) });
  return renderRuns(runs, ctx.terminal.outColumns);
}

/** Renders jobs, one per line; on a terminal, long names are shortened to fit. */
function renderRuns({ jobs, isCut }: ListedRuns, columns: number | undefined): Output {
  const rows = jobs.map(({ name, status, experimentName, displayName, createdAt }) => [
    name,
    status,
    experimentName ?? "",
    createdAt === undefined ? "" : utcText(createdAt),
    displayName ?? "",
  ]);
  const fitted = fitRows(fitRows([HEAD, ...rows], columns, 4), columns, 2);
  return {
    data: jobs,
    text: rows.length === 0 ? "" : tableText(fitted),
    warnings: isCut
      ? [{
        code: "job_list.cut",
        message: "Older jobs were not searched",
        hint: "Use fewer filters, or search in Azure ML studio",
      }]
      : rows.length === 0
      ? [{ code: "job_list.empty", message: "No jobs match these filters" }]
      : [],
  };
}
