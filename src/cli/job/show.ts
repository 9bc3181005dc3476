import { type ShownRun, showRun } from "../../app/runs/show.ts";
import type { AppContext } from "../../app/context.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";
import type { JobRuns } from "../../azureml/history/job_runs.ts";
import { WAITING } from "../../app/step_board.ts";
import { columns } from "../text/columns.ts";
import { markOf } from "../text/marks.ts";
import { durationText } from "../text/units.ts";

/** Shows the state of jobs and of their steps. */
export async function* jobShow(ctx: AppContext, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) yield renderRun(await showRun(job));
}

/** Shows one job as it is now, with its steps in graph order. */
function renderRun({ job, steps, now, warnings }: ShownRun): Output {
  const { name, displayName, experimentName, status, studioUrl } = job;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["job", name],
    ["status", status],
    ["display name", displayName],
    ["experiment", experimentName],
    ["studio", studioUrl],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([label]) => label.length));
  const table = columns(steps.map((step) => stepCells(step, now)));
  return {
    data: { name, status, displayName, experimentName, studioUrl, steps: steps.map(stepData) },
    text: [...shown.map(([label, value]) => `${label.padEnd(width)}  ${value}`), ...table]
      .map((line) => `${line}\n`).join(""),
    warnings,
  };
}

function stepCells({ label, compute, run }: JobRuns["steps"][number], now: Date): string[] {
  const { status = WAITING, startedAt, endedAt } = run ?? {};
  const took = startedAt === undefined ? "" : durationText((endedAt ?? now).getTime() - startedAt.getTime());
  return [`${markOf(status)} ${label}`, status, took, run?.compute ?? compute ?? ""];
}

function stepData({ key, label, compute, run }: JobRuns["steps"][number]): unknown {
  const { id, status = WAITING, startedAt, endedAt } = run ?? {};
  return { step: key, node: label, status, compute: run?.compute ?? compute, startedAt, endedAt, run: id };
}
