import { studioUrl as linkTo } from "../../azureml/service/runs/studio_url.ts";
import { noBrowserReason, openBrowser } from "../../credentials/sign_in/open_browser.ts";
import type { AppContext } from "../context.ts";
import type { RunTarget } from "../run/targets.ts";

/** A run's page in Azure ML Studio, and whether a browser shows it. */
export interface OpenedRun {
  readonly name: string;
  readonly studioUrl: string;
  readonly opened: boolean;
  /** Why no browser was opened although a person is at the terminal. */
  readonly reason?: string | undefined;
}

/** Opens a run in Azure ML Studio; without a browser or a person, only returns the link. */
export async function openInStudio(
  ctx: AppContext,
  { workspace, name, tenant }: RunTarget,
): Promise<OpenedRun> {
  const studioUrl = linkTo(workspace, name, tenant);
  if (ctx.person === undefined) return { name, studioUrl, opened: false };
  const reason = noBrowserReason(ctx) ?? await openBrowser(ctx, studioUrl);
  return { name, studioUrl, opened: reason === undefined, reason };
}
