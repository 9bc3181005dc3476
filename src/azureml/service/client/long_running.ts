import { fields, parsedJson } from "../../../core/fields.ts";
import { isError, type PipelineResponse } from "../../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../../core/errors.ts";
import { notFromAzure, readJson, requireSuccess } from "./read_json.ts";
import type { Workspace, WorkspaceRequest } from "./workspace.ts";

/** Most seconds between two polls, if the service does not specify it; the first polls come sooner. */
const WAIT_S = 5;
/** Time limit of one operation in seconds; far more than the service needs for a schedule. */
const LONGEST_S = 600;

/**
 * Sends a request that starts a long-running operation, and polls until the operation has ended.
 *
 * @returns `false` if a `DELETE` found nothing to delete.
 * @throws {UserError} `azure.*` if Azure refuses or the operation fails, `azure.unfinished` if it takes too long,
 *   `network.answer` if a proxy answers.
 */
export async function runOperation(workspace: Workspace, request: WorkspaceRequest): Promise<boolean> {
  const { action } = request;
  let response = await workspace.exchange(request);
  if (response.status === 404 && request.method === "DELETE") return false;
  requireJson(action, response);
  const status = monitor(workspace, response);
  if (response.status === 202 && status === undefined) {
    throw notFromAzure(action, response.request.url, response.status);
  }
  const hasState = response.headers.get("azure-asyncoperation") !== undefined;
  for (let waitedS = 0; status !== undefined && isOpen(response);) {
    if (waitedS >= LONGEST_S) throw unfinished(action);
    const retryAfterS = Number(response.headers.get("retry-after") ?? NaN);
    const waitS = Number.isFinite(retryAfterS)
      ? Math.min(Math.max(retryAfterS, 1), LONGEST_S)
      : Math.min(1 + waitedS / 2, WAIT_S);
    await workspace.clock.sleep(waitS * 1000, workspace.signal);
    waitedS += waitS;
    const scope = workspace.cloud.resourceManagerScope;
    response = await workspace.ask({ action, method: "GET", url: status, scope });
    requireJson(action, response);
    if (hasState && !isError(response) && stateOf(response) === undefined) {
      throw notFromAzure(action, status, response.status);
    }
  }
  requireSuccess(workspace, action, response);
  const ended = stateOf(response);
  if (ended === "failed" || ended === "canceled") throw failed(workspace, action, ended, response);
  return true;
}

/** Throws if a response is not JSON, such as a proxy's page, which says nothing about the operation. */
function requireJson(action: string, response: PipelineResponse): void {
  if (!isError(response)) readJson(action, response);
}

/** The URL to poll; ignored unless it is on Resource Manager's host, because a token is sent there. */
function monitor({ cloud }: Workspace, { headers }: PipelineResponse): string | undefined {
  const url = headers.get("azure-asyncoperation") ?? headers.get("location");
  if (url === undefined || !URL.canParse(url)) return undefined;
  return new URL(url).origin === new URL(cloud.resourceManager).origin ? url : undefined;
}

/** Whether the operation is still running, according to the response's status or the state in its body. */
function isOpen(response: PipelineResponse): boolean {
  if (response.status === 202) return true;
  const state = stateOf(response);
  return !isError(response) && state !== undefined && !ENDS.has(state);
}

const ENDS = new Set(["succeeded", "failed", "canceled"]);

function stateOf({ bodyAsText }: PipelineResponse): string | undefined {
  const { status, properties } = fields(parsedJson(bodyAsText ?? ""));
  const state = fields(properties).provisioningState ?? status;
  return typeof state === "string" ? state.toLowerCase() : undefined;
}

/** The error of an operation that ended as `state`: Azure's own, read like that of a refused request. */
function failed(workspace: Workspace, action: string, state: string, response: PipelineResponse): Error {
  const { error } = fields(parsedJson(response.bodyAsText ?? ""));
  if (fields(error).message !== undefined) return workspace.refused(action, { ...response, status: 400 });
  const message = `Cannot ${action}: the operation ended as "${state}"`;
  return new UserError(message, { code: "azure.rejected", exit: ExitCode.Rejected });
}

function unfinished(action: string): UserError {
  return new UserError(`Cannot ${action}: Azure did not finish within ${LONGEST_S / 60} minutes`, {
    code: "azure.unfinished",
    exit: ExitCode.Unavailable,
    hint: "Run the command again later; nothing is done twice",
  });
}
