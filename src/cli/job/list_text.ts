import type { ListedJob } from "../../azureml/jobs/list.ts";
import type { Output } from "../command/output.ts";
import { columns } from "../text/columns.ts";
import { durationText } from "../text/units.ts";

/** Shows jobs, one a line. */
export function renderJobs(
  jobs: readonly ListedJob[],
  { now, isCut }: { readonly now: Date; readonly isCut: boolean },
): Output {
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
