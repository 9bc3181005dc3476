import { ExitCode, UserError } from "../../../core/errors.ts";
import { fields, parsedJson } from "../../../core/fields.ts";
import { getWorkspace } from "../assets/workspace_info.ts";
import type { Workspace } from "../client/workspace.ts";
import { isError } from "../../../core/net/azure_http.ts";

/**
 * Finds the base URL of a workspace's services, such as run history, in its discovery document; with a private link
 * it differs from the region's URL. Has no trailing slash.
 *
 * @param known `properties.discoveryUrl` of the workspace, if it was read before.
 * @throws {UserError} `run_history.not_found` if the document does not contain it, `azure.*`, `network.*`.
 */
export async function findApi(workspace: Workspace, known?: string): Promise<string> {
  const action = "find the workspace's run history";
  const discoveryUrl = known ?? (await getWorkspace(workspace)).discoveryUrl;
  if (discoveryUrl !== undefined) {
    const response = await workspace.ask({ action, method: "GET", url: discoveryUrl });
    if (response.status === 401 || response.status === 403) throw workspace.refused(action, response);
    const api = isError(response) ? undefined : readApi(response.bodyAsText ?? "");
    if (api !== undefined) return api.replace(/\/$/, "");
  }
  throw new UserError(`Cannot ${action}: the workspace's discovery document does not name it`, {
    code: "run_history.not_found",
    exit: ExitCode.Unavailable,
    hint: "Open the job in Azure ML studio: `kedro-azureml job open`",
  });
}

/** Parses the document; `undefined` for anything else, such as a proxy's page. */
function readApi(text: string): string | undefined {
  const { api } = fields(parsedJson(text));
  return typeof api === "string" && URL.canParse(api) ? api : undefined;
}
