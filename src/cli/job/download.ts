import { type DownloadedRun, downloadJob, type DownloadOptions } from "../../app/job/download.ts";
import type { AppContext } from "../../app/context.ts";
import { openRuns, type RunTargetOptions } from "../../app/run/targets.ts";
import { runsRequest, type TypedFor } from "../command/requests.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

/** Downloads the logs and output files of jobs. */
export async function* jobDownload(
  ctx: AppContext,
  typed: TypedFor<RunTargetOptions & DownloadOptions>,
): AsyncIterable<Output> {
  const options = runsRequest(typed);
  for (const job of await openRuns(ctx, options)) {
    yield renderDownloaded(await downloadJob(ctx, job, options));
  }
}

function renderDownloaded({ name, folder, files }: DownloadedRun): Output {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    data: { name, folder, files },
    text: `✓ Job ${name}: downloaded ${countText(files.length, "file")}, ${sizeText(bytes)}, to ${folder}\n`,
  };
}
