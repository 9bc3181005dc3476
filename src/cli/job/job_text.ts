import type { JobRuns } from "../../azureml/history/job_runs.ts";
import type { Job } from "../../azureml/jobs/job.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { Output } from "../command/output.ts";
import { WAITING } from "../../app/runs/step_board.ts";
import { columns } from "../text/columns.ts";
import { markOf } from "../text/marks.ts";
import { durationText } from "../text/units.ts";

/** How a job that was followed ended. */
export interface JobEnd {
  /** Its name in azureml.yml, or in Azure ML. */
  readonly job: string;
  /** Its name in Azure ML. */
  readonly name: string;
  readonly status: string;
  readonly durationMs: number;
}

/** Tells how a job ended. */
export function renderEnd({ job, name, status, durationMs }: JobEnd, exit: ExitCode): Output {
  const mark = status === "Completed" ? "✓" : "✗";
  const also = job === name ? "" : ` (${name})`;
  return {
    data: { job, name, status, durationMs },
    text: `${mark} Job ${job}${also}: ${status} after ${durationText(durationMs)}\n`,
    exit,
  };
}

/** The steps of a job, and the time that they are looked at. */
export interface ShownSteps {
  readonly steps: JobRuns["steps"];
  readonly now: Date;
}

/** Shows one job as it is now, with its steps in graph order. */
export function renderJob(job: Job, { steps, now }: ShownSteps): Output {
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
