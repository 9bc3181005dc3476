import { type EmulatedWorkspace, systemData, type World } from "../world/world.ts";

/** The JSON of a workspace; `kind` exists since api-version 2023-06. */
export function describeWorkspace(world: World, workspace: EmulatedWorkspace, apiVersion: string) {
  const provider = (path: string) =>
    `/subscriptions/${workspace.subscription}/resourceGroups/${workspace.resourceGroup}/providers/${path}`;
  const { tenant } = world.identity;
  const api = world.isPrivate ? world.links.privateApi(workspace.workspaceId) : world.links.api;
  return {
    id: workspace.id,
    name: workspace.name,
    type: "Microsoft.MachineLearningServices/workspaces",
    location: "eastus",
    tags: {},
    ...(apiVersion >= "2023-06" && { kind: "Default" }),
    sku: { name: "Basic", tier: "Basic" },
    identity: { type: "SystemAssigned", principalId: workspace.workspaceId, tenantId: tenant },
    properties: {
      friendlyName: workspace.name,
      description: "",
      provisioningState: "Succeeded",
      workspaceId: workspace.workspaceId,
      discoveryUrl: `${api}/discovery`,
      mlFlowTrackingUri: `azureml://${new URL(api).host}/mlflow/v1.0${workspace.id}`,
      storageAccount: provider(`Microsoft.Storage/storageAccounts/${workspace.account}`),
      keyVault: provider("Microsoft.KeyVault/vaults/emulatorvault"),
      applicationInsights: provider("Microsoft.Insights/components/emulatorinsights"),
      hbiWorkspace: false,
      tenantId: tenant,
      publicNetworkAccess: world.isPrivate ? "Disabled" : "Enabled",
      v1LegacyMode: false,
      storageHnsEnabled: false,
    },
    systemData: systemData(world),
  };
}
