/** Kinds of resources that Resource Manager is asked for, each with an api-version of its own. */
export type ResourceKind =
  | "workspaces"
  | "computes"
  | "environments"
  | "data"
  | "datastores"
  | "codes"
  | "components"
  | "jobs"
  | "schedules"
  | "triggers"
  | "permissions";

/**
 * The versions that azure-ai-ml 1.35 sends: the combination that works in every cloud today. That of permissions is the
 * one that the Azure CLI sends.
 *
 * `KEDRO_AZUREML_API_VERSION_JOBS` and its like replace one, for clouds that lag behind.
 */
const API_VERSIONS: Readonly<Record<ResourceKind, string>> = {
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
};

/**
 * The header of every request to blob storage: the oldest version that takes blocks of the size that uploads use, so
 * that every cloud has it.
 */
export const STORAGE_HEADERS: Readonly<Record<string, string>> = { "x-ms-version": "2021-12-02" };

/** The path of a resource's permissions, below the resource. */
export const PERMISSIONS_PATH = "providers/Microsoft.Authorization/permissions";

/** The api-version for a path below a resource, such as `jobs/train-1`; the empty path is a workspace itself. */
export function apiVersionFor(path: string, env: Readonly<Record<string, string | undefined>>): string {
  const kind = kindOf(path);
  return env[`KEDRO_AZUREML_API_VERSION_${kind.toUpperCase()}`] || API_VERSIONS[kind];
}

function kindOf(path: string): ResourceKind {
  if (path === "") return "workspaces";
  if (path === PERMISSIONS_PATH) return "permissions";
  return /^schedules\/[^/]+\/trigger$/.test(path) ? "triggers" : path.split("/")[0] as ResourceKind;
}
