import type { AppContext } from "../../app/context.ts";
import { type OpenedRun, openInStudio } from "../../app/job/open.ts";
import { openRuns } from "../../app/run/targets.ts";
import { runsRequest, type RunsTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";

/** Opens jobs in Azure ML studio. */
export async function* jobOpen(ctx: AppContext, typed: RunsTyped): AsyncIterable<Output> {
  for (const job of await openRuns(ctx, runsRequest(typed))) {
    yield renderOpened(await openInStudio(ctx, job));
  }
}

function renderOpened({ name, studioUrl, opened, reason }: OpenedRun): Output {
  const warnings = reason === undefined
    ? []
    : [{ code: "job.no_browser", message: `No browser was opened: ${reason}` }];
  return { data: { name, studioUrl, opened }, text: `${studioUrl}\n`, warnings };
}
