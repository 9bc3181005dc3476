import type { WorkspaceConfig } from "../../config/azureml/types.ts";

/** The ARM id of a workspace, which starts with `/subscriptions/`. */
export function workspaceId(config: WorkspaceConfig): string {
  return `/subscriptions/${config.subscription_id}/resourceGroups/${config.resource_group}` +
    `/providers/Microsoft.MachineLearningServices/workspaces/${config.name}`;
}
