import type { PipelineResponse } from "../../core/net/azure_http.ts";
import { networkError } from "../../core/net/network_error.ts";

/**
 * Reads the JSON of an answer; an empty one is `null`.
 *
 * @param action What was being done, as in "Cannot <action>".
 * @throws {UserError} `network.answer` where it is no JSON: a proxy's page, or that of a network one must sign in to.
 */
export function readJson<T>(action: string, { bodyAsText, request, status }: PipelineResponse): T {
  try {
    return JSON.parse(bodyAsText || "null") as T;
  } catch {
    throw notFromAzure(action, request.url, status);
  }
}

/** Says that something else than the service answered. */
export function notFromAzure(action: string, url: string, status: number): Error {
  return networkError(
    action,
    url,
    new Error(`It answered with status ${status}, but not as the service does`),
  );
}
