import { type ListedRuns, type ListingOptions, listRuns } from "../../app/runs/list.ts";
import type { AppContext } from "../../app/context.ts";
import type { Output } from "../command/output.ts";
import { columns } from "../text/columns.ts";
import { durationText } from "../text/units.ts";

/** Lists the jobs of a workspace. */
export async function jobList(ctx: AppContext, options: ListingOptions): Promise<Output> {
  return renderRuns(await listRuns(ctx, options));
}

/** Shows jobs, one a line. */
function renderRuns({ jobs, now, isCut }: ListedRuns): Output {
  const rows = jobs.map(({ name, status, experimentName, displayName, createdAt }) => [
    name,
    status,
    experimentName ?? "",
    displayName ?? "",
    createdAt === undefined ? "" : `${durationText(now.getTime() - createdAt.getTime())} ago`,
  ]);
  const head = ["JOB", "STATUS", "EXPERIMENT", "DISPLAY NAME", "SUBMITTED"];
  const message = "Older jobs were not looked at; name fewer conditions, or look in Azure ML Studio";
  return {
    data: jobs,
    text: rows.length === 0 ? "" : columns([head, ...rows]).map((line) => `${line}\n`).join(""),
    warnings: isCut
      ? [{ code: "job_list.cut", message }]
      : rows.length === 0
      ? [{ code: "job_list.empty", message: "There is no such job in this workspace" }]
      : [],
  };
}
