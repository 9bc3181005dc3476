import { type DownloadedRun, downloadJob, type DownloadOptions } from "../../app/runs/download.ts";
import type { AppContext } from "../../app/context.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

/** Downloads what the steps of jobs have left. */
export async function* jobDownload(
  ctx: AppContext,
  options: JobOptions & DownloadOptions,
): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) {
    yield renderDownloaded(await downloadJob(ctx, job, options));
  }
}

/** Tells what of a job was downloaded. */
function renderDownloaded({ name, folder, files }: DownloadedRun): Output {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: ${countText(files.length, "file")}, ${sizeText(bytes)}, in ${folder}\n`,
  };
}
