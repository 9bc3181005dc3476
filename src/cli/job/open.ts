import type { AppContext } from "../../app/context.ts";
import { type OpenedRun, openInStudio } from "../../app/runs/open.ts";
import { type JobOptions, openJobs } from "../../app/runs/targets.ts";
import type { Output } from "../command/output.ts";

/** Shows jobs in Azure ML Studio. */
export async function* jobOpen(ctx: AppContext, options: JobOptions): AsyncIterable<Output> {
  for (const job of await openJobs(ctx, options)) {
    yield renderOpened(await openInStudio(ctx, job));
  }
}

function renderOpened({ name, studioUrl, opened, reason }: OpenedRun): Output {
  const warnings = reason === undefined
    ? []
    : [{ code: "job.no_browser", message: `The link is only printed: ${reason}` }];
  return { data: { name, studioUrl, opened }, text: `${studioUrl}\n`, warnings };
}
