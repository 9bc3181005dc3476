import { type DownloadedRun, downloadJob, type DownloadOptions } from "../../app/job/download.ts";
import type { AppContext } from "../../app/context.ts";
import { openTyped, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";

/** Downloads the logs and output files of jobs. */
export async function* jobDownload(
  ctx: AppContext,
  typed: RunsTyped & DownloadOptions,
): AsyncIterable<Output> {
  for (const job of await openTyped(ctx, typed)) {
    yield renderDownloaded(await downloadJob(ctx, job, typed));
  }
}

function renderDownloaded({ name, folder, files }: DownloadedRun): Output {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: downloaded ${countText(files.length, "file")}, ${sizeText(bytes)}, to ${folder}\n`,
  };
}
