import { gatewayError } from "../world/refusal.ts";

/** Api-versions of Azure ML's workspaces that clients use, as listed by Resource Manager. */
const API_VERSIONS: readonly string[] = (
  "2022-05-01 2022-10-01 2022-10-01-preview 2022-12-01-preview 2023-02-01-preview 2023-04-01 " +
  "2023-04-01-preview 2023-06-01-preview 2023-08-01-preview 2023-10-01 2024-01-01-preview " +
  "2024-04-01 2024-04-01-preview 2024-07-01-preview 2024-10-01 2024-10-01-preview " +
  "2025-01-01-preview 2025-04-01 2025-06-01 2025-09-01 2025-12-01 2026-03-01 2026-05-01 2026-07-01 " +
  "2026-09-01"
).split(" ");

/** The api-version of a request. @throws {Refusal} 400 if it has none. */
export function apiVersionOf(query: URLSearchParams): string {
  const version = query.get("api-version");
  if (version) return version;
  throw gatewayError(
    400,
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );
}

/** Requires a known api-version. @throws {Refusal} 400. */
export function requireApiVersion(query: URLSearchParams, type: string, among = API_VERSIONS): string {
  const version = apiVersionOf(query);
  if (!/^\d{4}-\d\d-\d\d(-preview|-privatepreview)?$/.test(version)) {
    throw gatewayError(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid. The supported versions are '${among.join(",")}'.`,
    );
  }
  if (!among.includes(version)) {
    throw gatewayError(
      400,
      "NoRegisteredProviderFound",
      `No registered resource provider found for location 'eastus' and API version '${version}' for type '${type}'. ` +
        `The supported api-versions are '${among.join(", ")}'. The supported locations are 'eastus'.`,
    );
  }
  return version;
}
