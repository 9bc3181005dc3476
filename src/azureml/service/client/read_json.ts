import { type Fields, isFields, textOf } from "../../../core/fields.ts";
import { isError, type PipelineResponse } from "../../../core/net/azure_http.ts";
import { networkError } from "../../../core/net/network_error.ts";
import type { HostRequest, Workspace } from "./workspace.ts";

/**
 * Parses the JSON body of a response; an empty body is `null`.
 *
 * @param action As in "Cannot <action>".
 * @throws {UserError} `network.answer` if the body is not JSON, such as the page of a proxy or a captive portal.
 */
export function readJson<T>(action: string, { bodyAsText, request, status }: PipelineResponse): T {
  try {
    return JSON.parse(bodyAsText || "null") as T;
  } catch {
    throw notFromAzure(action, request.url, status);
  }
}

/**
 * Parses a response that must be a JSON object in which the given fields, such as `properties`, are objects.
 *
 * @throws {UserError} `network.answer` for anything else, such as `null`, a list, or an object without these fields.
 */
export function readResource<T>(
  action: string,
  response: PipelineResponse,
  fields: readonly string[] = [],
): T {
  const body = readJson<unknown>(action, response);
  if (isFields(body) && fields.every((field) => isFields(body[field]))) return body as T;
  throw notFromAzure(action, response.request.url, response.status);
}

/** Throws the error for a response that says why Azure refused a request. @throws {UserError} `azure.*`. */
export function requireSuccess(
  workspace: Pick<Workspace, "refused">,
  action: string,
  response: PipelineResponse,
): void {
  if (isError(response)) throw workspace.refused(action, response);
}

/** A request to a service of the workspace beside Resource Manager, such as run history. */
export interface ServiceRequest extends Pick<HostRequest, "action" | "url"> {
  /** Sent as JSON with POST (default: GET without a body). */
  readonly body?: unknown;
  /** Whether an answer is about what was requested, unlike that of a proxy or to another request. */
  readonly isExpected: (answer: Fields) => boolean;
}

/** Asks such a service; returns its JSON object. @throws {UserError} `azure.*`, `network.*`. */
export async function askService<T>(
  workspace: Workspace,
  { action, url, body, isExpected }: ServiceRequest,
): Promise<T> {
  const scope = workspace.cloud.resourceManagerScope;
  const headers = { "content-type": "application/json" };
  const response = await workspace.ask(
    body === undefined
      ? { action, method: "GET", url, scope }
      : { action, method: "POST", url, scope, headers, body: JSON.stringify(body) },
  );
  requireSuccess(workspace, action, response);
  const answer = readResource<T & Fields>(action, response);
  if (isExpected(answer)) return answer;
  throw notFromAzure(action, url, response.status);
}

/** Whether an answer of run history is about a run. */
export function isAboutRun(id: string): (answer: Fields) => boolean {
  return ({ runId }) => textOf(runId)?.toLowerCase() === id.toLowerCase();
}

/** Whether an answer has a field. */
export function hasField(name: string): (answer: Fields) => boolean {
  return (answer) => name in answer;
}

/** Headers of which every response of blob storage has at least one. */
const SIGNS = ["x-ms-request-id", "x-ms-version", "etag"];

/** Whether a response is from blob storage itself, judging by its headers. */
export function isSigned({ headers }: Pick<PipelineResponse, "headers">): boolean {
  return SIGNS.some((name) => headers.get(name) !== undefined);
}

/** Whether a proxy or gateway answered with a web page instead of blob storage. */
export function isPage(response: Pick<PipelineResponse, "status" | "headers">): boolean {
  const type = response.headers.get("content-type") ?? "";
  return !isError(response) && !isSigned(response) && /\bhtml\b/i.test(type);
}

/**
 * The error for a response that is not from the requested service.
 *
 * @param location The `location` header of a redirect, which is not followed.
 */
export function notFromAzure(action: string, url: string, status: number, location?: string): Error {
  const target = location !== undefined && URL.canParse(location, url) ? new URL(location, url).origin : "";
  const problem = target === ""
    ? `It answered with status ${status}, but not as the service does`
    : `It answered with status ${status}, a redirect to ${target}, which Azure does not send`;
  return networkError(action, url, new Error(problem));
}
