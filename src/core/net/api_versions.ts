/**
 * The api-version of each kind of Resource Manager resource: those that azure-ai-ml 1.35 sends, a combination that works
 * in every cloud today. For permissions it is the version that the Azure CLI sends.
 *
 * In a cloud that does not have one of them, {@linkcode STABLE} is sent. Environment variables such as
 * `KEDRO_AZUREML_API_VERSION_JOBS` override both.
 */
export const API_VERSIONS = {
  workspaces: "2024-10-01-preview",
  computes: "2023-08-01-preview",
  environments: "2023-04-01-preview",
  data: "2023-04-01-preview",
  datastores: "2024-10-01-preview",
  codes: "2023-04-01",
  components: "2024-01-01-preview",
  jobs: "2024-01-01-preview",
  schedules: "2023-06-01-preview",
  triggers: "2024-01-01-preview",
  permissions: "2022-04-01",
  roleAssignments: "2022-04-01",
  subscriptions: "2022-12-01",
};

/** An api-version without preview that has every kind of resource used here: for clouds that lack the one above. */
export const STABLE = "2024-04-01";

type ResourceKind = keyof typeof API_VERSIONS;

/** Headers of each request to blob storage: a version that every cloud has. */
export const STORAGE_HEADERS: Readonly<Record<string, string>> = { "x-ms-version": "2021-12-02" };

export const PERMISSIONS_PATH = "providers/Microsoft.Authorization/permissions";

/** The api-version for a path below a workspace, such as `jobs/train-1`; empty for the workspace itself. */
export function apiVersionFor(path: string, env: Readonly<Record<string, string | undefined>>): string {
  return env[versionVariable(path)] || API_VERSIONS[kindOf(path)];
}

/** The environment variable that overrides the api-version for a path below a workspace. */
export function versionVariable(path: string): string {
  return `KEDRO_AZUREML_API_VERSION_${kindOf(path).toUpperCase()}`;
}

function kindOf(path: string): ResourceKind {
  if (path === "") return "workspaces";
  if (path === PERMISSIONS_PATH) return "permissions";
  return /^schedules\/[^/]+\/trigger$/.test(path) ? "triggers" : path.split("/")[0] as ResourceKind;
}
