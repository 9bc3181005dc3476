import { ExitCode, UserError } from "../../core/errors.ts";
import type { Workspace } from "../client/workspace.ts";

/**
 * Finds the address of a workspace's own services, run history among them, where the workspace itself says that it is:
 * behind a private link it is another than the region's. No slash at its end.
 *
 * @param discoveryUrl As Resource Manager tells it of the workspace.
 * @throws {UserError} `run_history.not_found` when nothing says where it is, `azure.*`, `network.*`.
 */
export async function findApi(workspace: Workspace, discoveryUrl: string | undefined): Promise<string> {
  const action = "find the workspace's run history";
  if (discoveryUrl !== undefined) {
    const answer = await workspace.ask({ action, method: "GET", url: discoveryUrl });
    if (answer.status === 401 || answer.status === 403) throw workspace.refused(action, answer);
    const api = answer.status < 400 ? readApi(answer.bodyAsText ?? "") : undefined;
    if (api !== undefined) return api.replace(/\/$/, "");
  }
  throw new UserError(`Cannot ${action}: the workspace does not say where it is`, {
    code: "run_history.not_found",
    exit: ExitCode.Unavailable,
    hint: "Look at the job in Azure ML Studio",
  });
}

/** What answers in place of the workspace, such as a proxy's page, says nothing. */
function readApi(text: string): string | undefined {
  try {
    const { api } = JSON.parse(text) as { api?: unknown };
    return typeof api === "string" && URL.canParse(api) ? api : undefined;
  } catch {
    return undefined;
  }
}
