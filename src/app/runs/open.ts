import { studioUrl as linkTo } from "../../azureml/jobs/job.ts";
import type { Context } from "../../core/context.ts";
import { noBrowserReason, openBrowser } from "../../credentials/sign_in/browser.ts";
import type { OpenedJob } from "./targets.ts";
import type { Output } from "../../cli/command/output.ts";

/** Opens a job's page in the person's browser; where there is none, or nobody to look at it, gives only the link. */
export async function openInStudio(ctx: Context, { workspace, name }: OpenedJob): Promise<Output> {
  const studioUrl = linkTo(workspace, name);
  const reason = ctx.terminal.interactive
    ? noBrowserReason(ctx) ?? await openBrowser(ctx, studioUrl)
    : "nobody is at a terminal";
  const warnings = reason === undefined || !ctx.terminal.interactive
    ? []
    : [{ code: "job.no_browser", message: `The link is only printed: ${reason}` }];
  return { data: { name, studioUrl, opened: reason === undefined }, text: `${studioUrl}\n`, warnings };
}
