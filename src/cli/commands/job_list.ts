import type { ListedRuns } from "../../app/job/list.ts";
import { UserError } from "../../core/errors.ts";
import { durationText } from "../../core/format.ts";
import { isFinal, RUN_STATUSES, type RunStatus } from "../../core/runs.ts";
import { didYouMean } from "../../core/suggest.ts";
import { command } from "../parse/command.ts";
import { flag, text, value } from "../parse/field.ts";
import { inWorkspace, jobsFrom } from "../parse/options.ts";
import { count, list as names } from "../parse/values.ts";
import type { Output } from "../text/output.ts";
import { agoText, cut, tableText, utcText, widthOf } from "../text/render.ts";
import { openReadable } from "./job_show.ts";

const HEAD = ["NAME", "JOB", "STATUS", "DURATION", "SUBMITTED", "EXPERIMENT", "DISPLAY NAME"] as const;

/** How many jobs commands list unless `--limit` says otherwise. */
export const USUAL_LIMIT = 20;

export const list = command({
  name: "list",
  alias: "ls",
  about: "List the newest jobs in a workspace",
  examples: [["job list", "List the newest jobs"]],
  needs: ["azure", "earlier jobs"],
  options: {
    ...inWorkspace,
    limit: value("-L, --limit <count>", `most jobs to list (default: ${USUAL_LIMIT})`, count),
    number: value("-n, --number <count>", "the same", count, { isHidden: true }),
    status: value(
      "--status <names>",
      "only with one of these statuses (Running,Failed)",
      names,
    ),
    experiment: text("--experiment <name>", "only jobs in this experiment"),
    mine: flag("--mine", "only jobs that you submitted", {
      rules: [{ excludes: "from", code: "usage.from_and_name", hint: "Omit one of them" }],
    }),
    ...jobsFrom(),
  },
  async run(ctx, { number = USUAL_LIMIT, limit = number, status, from, ...typed }) {
    const { listRuns, listTargets } = await import("../../app/job/list.ts");
    const options = { ...typed, limit, status: status?.map(runStatus) };
    const runs = from === undefined
      ? await listRuns(ctx, options)
      : await listTargets(ctx, await openReadable(ctx, { ...typed, names: [], from }), options);
    const isFiltered = [status, options.experiment, options.mine].some((filter) => filter !== undefined);
    return renderRuns(runs, isFiltered, ctx.terminal.outColumns);
  },
});

/** The status with this name in any case. @throws {UserError} `usage.status`, which lists the known statuses. */
function runStatus(typed: string): RunStatus {
  const status = RUN_STATUSES.find((known) => known.toLowerCase() === typed.toLowerCase());
  if (status !== undefined) return status;
  throw new UserError(`Unknown status "${typed}"${didYouMean(typed, RUN_STATUSES)}`, {
    // usage.status: The status is unknown. Use one of those that the hint lists.
    code: "usage.status",
    hint: `Use one of ${RUN_STATUSES.join(", ")}`,
  });
}

/** Renders jobs. On a terminal, times are relative, and names are not shortened, so that they can be copied. */
function renderRuns(
  { jobs, workspace, isCut, now }: ListedRuns,
  isFiltered: boolean,
  columns: number | undefined,
): Output {
  const rows = jobs.map(({ name, job, status, experimentName, displayName, createdAt, endedAt }) => {
    const end = endedAt ?? (isFinal(status) ? undefined : now);
    const took = createdAt && end && end.getTime() - createdAt.getTime();
    return [
      name,
      job ?? "",
      status,
      took === undefined ? "" : durationText(took),
      createdAt === undefined ? "" : columns === undefined ? utcText(createdAt) : agoText(createdAt, now),
      experimentName ?? "",
      displayName ?? "",
    ];
  });
  return {
    data: jobs,
    text: rows.length === 0 ? "" : listText([HEAD, ...rows], columns),
    warnings: isCut
      ? [{
        // job_list.cut: Only the newest jobs were searched. Use fewer filters, or search in Azure ML studio.
        code: "job_list.cut",
        message: "Older jobs were not searched",
        hint: "Use fewer filters, or search in Azure ML studio",
      }]
      : rows.length === 0
      ? [{
        // job_list.empty: No job matches the filters, or the workspace has none.
        code: "job_list.empty",
        message: isFiltered ? "No jobs match these filters" : `Workspace ${workspace} has no jobs`,
      }]
      : [],
  };
}

/** Longest job of azureml.yml that is not shortened in a narrow terminal. */
const JOB_LENGTH = 24;

/**
 * Makes the rows fit: leaves out the experiment and display name, then writes names on their own lines, then shortens
 * the jobs, and only then leaves out further columns.
 */
function listText(rows: readonly (readonly string[])[], columns = Infinity): string {
  const withColumns = (count: number) => rows.map((row) => row.slice(0, count));
  const fits = (text: string) => widthOf(text) <= columns;
  const usual = [7, 6, 5].map(withColumns);
  const cutJobs = [5, 4, 3].map((count) =>
    withColumns(count).map(([name = "", job = "", ...rest]) => [name, cut(job, JOB_LENGTH), ...rest])
  );
  const some = usual.find((some) => fits(tableText(some))) ??
    [...usual, ...cutJobs].find((some) => fits(tableText(some.map((row) => ["", ...row.slice(1)])))) ??
    cutJobs.at(-1)!;
  return tableText(some, columns);
}
