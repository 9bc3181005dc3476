import { type ListedRuns, listRuns, type ListRunsOptions } from "../../app/job/list.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { RUN_STATUSES, type RunStatus } from "../../core/run.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { CommandContext } from "../command/declare.ts";
import type { Output } from "../command/output.ts";
import { fitRows, tableText } from "../text/table.ts";
import { utcText } from "../text/units.ts";

const HEAD = ["JOB", "STATUS", "EXPERIMENT", "SUBMITTED", "DISPLAY NAME"] as const;

/** What is typed for `job list`. */
interface JobListTyped extends Omit<ListRunsOptions, "status"> {
  readonly limit?: number;
  readonly status?: readonly string[];
}

/** Lists the jobs of a workspace. */
export async function jobList(ctx: CommandContext, typed: JobListTyped): Promise<Output> {
  const { number, limit = number, status, ...options } = typed;
  const runs = await listRuns(ctx, {
    ...options,
    ...(status !== undefined && { status: status.map(runStatus) }),
    ...(limit !== undefined && { number: limit }),
  });
  return renderRuns(runs, ctx.terminal.outColumns);
}

/** The status with this name in any case. @throws {UserError} `usage.status`, which lists the known statuses. */
function runStatus(typed: string): RunStatus {
  const status = RUN_STATUSES.find((known) => known.toLowerCase() === typed.toLowerCase());
  if (status !== undefined) return status;
  throw new UserError(`Unknown status "${typed}"${didYouMean(typed, RUN_STATUSES)}`, {
    code: "usage.status",
    exit: ExitCode.Usage,
    hint: `Use one of ${RUN_STATUSES.join(", ")}`,
  });
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
