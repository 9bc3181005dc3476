import type { AppContext } from "../../app/context.ts";
import { startUi, type UiOptions } from "../../app/ui/ui.ts";
import { portRequest } from "../parse/values.ts";
import type { Output } from "../text/output.ts";

/** Serves the page of a workspace's jobs until Ctrl+C. */
export async function* ui(
  ctx: AppContext,
  typed: Omit<UiOptions, "port"> & { readonly port?: string },
): AsyncIterable<Output> {
  const request = { ...typed, port: portRequest(typed.port, "ui.port") };
  const { url, workspace, finished } = await startUi(ctx, request);
  yield {
    data: { url, workspace },
    text: `✓ Jobs of workspace ${workspace}: ${url}\n  Press Ctrl+C to stop\n`,
  };
  await finished;
}
