import { isFields } from "../../../core/fields.ts";
import type { PipelineResponse } from "../../../core/net/azure_http.ts";
import { notFromAzure, readJson } from "./read_json.ts";
import type { WorkspaceRequest } from "./workspace.ts";

/**
 * Throws unless a successful response of Resource Manager is about what was requested: JSON with the resource's own id
 * or name, or a list. A login page, or the answer to another request, must not count as success.
 *
 * Azure names some resources differently: a schedule has no id, the response to its `PUT` neither id nor name, and an
 * anonymous component gets an id that Azure chooses.
 *
 * @throws {UserError} `network.answer`.
 */
export function requireExpected(
  { action, method, path, below }: WorkspaceRequest & { readonly below: string },
  response: PipelineResponse,
): void {
  if (response.status >= 300 || response.status === 204) return;
  const body = readJson<unknown>(action, response);
  if (method !== "GET" && method !== "PUT") return;
  const parts = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const isList = parts.length % 2 === 1;
  const isExpected = isFields(body) &&
    (isList
      ? "value" in body
      : isAbout(body, parts.length === 0 ? below.split("/").slice(-2) : parts, method));
  if (!isExpected) throw notFromAzure(action, response.request.url, response.status);
}

function isAbout(
  { id, name, properties }: Readonly<Record<string, unknown>>,
  parts: readonly string[],
  method: string,
): boolean {
  // Azure's ids vary in case.
  const [wantedId, wantedName] = [`/${parts.join("/")}`, parts.at(-1)!].map((text) => text.toLowerCase());
  if (method === "PUT" && parts[0] === "components") {
    return typeof id === "string" &&
      id.toLowerCase().includes(`/${parts.slice(0, -1).join("/").toLowerCase()}/`);
  }
  if (method === "PUT" && id === undefined && name === undefined) return isFields(properties);
  if (id !== undefined && id !== null) return typeof id === "string" && id.toLowerCase().endsWith(wantedId!);
  return typeof name === "string" && name.toLowerCase() === wantedName;
}
