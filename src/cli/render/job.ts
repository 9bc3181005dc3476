import type { Job } from "../../azureml/jobs.ts";
import type { ExitCode } from "../../errors.ts";
import type { Output } from "../output.ts";
import { durationText } from "./units.ts";

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

/** Shows one job as it is now. */
export function renderJob(job: Job): Output {
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
  return {
    data: { name, status, displayName, experimentName, studioUrl },
    text: shown.map(([label, value]) => `${label.padEnd(width)}  ${value}\n`).join(""),
  };
}
