import type { AppContext } from "../../app/context.ts";
import { type OpenedRun, openInStudio } from "../../app/job/open.ts";
import { openRuns, type RunTargetOptions } from "../../app/run/targets.ts";
import { runsRequest, type TypedFor } from "../command/requests.ts";
import type { Output } from "../command/output.ts";

/** Opens jobs in Azure ML studio. */
export async function* jobOpen(ctx: AppContext, typed: TypedFor<RunTargetOptions>): AsyncIterable<Output> {
  const options = runsRequest(typed);
  for (const job of await openRuns(ctx, options)) {
    yield renderOpened(await openInStudio(ctx, job));
  }
}

function renderOpened({ name, studioUrl, opened, reason }: OpenedRun): Output {
  const warnings = reason === undefined
    ? []
    : [{ code: "job.no_browser", message: `No browser was opened: ${reason}` }];
  return { data: { name, studioUrl, opened }, text: `${studioUrl}\n`, warnings };
}
