import { addWorkspace, type EmulatedWorkspace, systemData, type World } from "../state/world.ts";
import { gatewayError, jsonAnswer, type Refusal } from "../http/refusal.ts";
import { apiVersionOf, requireApiVersion } from "../http/routes.ts";
import { seedWorkspace } from "../state/seed.ts";

/** Cloud metadata: an object since api-version 2022-09-01, a list before. */
export function metadata(world: World, query: URLSearchParams): Response {
  const cloud = describe(world);
  return jsonAnswer(apiVersionOf(query) >= "2022-09-01" ? cloud : [cloud]);
}

function describe(world: World) {
  const { authority, resourceManager, studio } = world.links;
  return {
    name: "AzureMLEmulator",
    portal: "https://portal.azure.com",
    resourceManager: `${resourceManager}/`,
    studio,
    authentication: {
      loginEndpoint: `${authority}/`,
      audiences: [`${resourceManager}/`],
      tenant: "common",
      identityProvider: "AAD",
    },
    graph: `${resourceManager}/`,
    graphAudience: `${resourceManager}/`,
    media: `${resourceManager}/`,
    batch: `${resourceManager}/`,
    gallery: `${resourceManager}/`,
    suffixes: { storage: "core.windows.net", keyVaultDns: "vault.azure.net", acrLoginServer: "azurecr.io" },
  };
}

const PROVIDER = "Microsoft.MachineLearningServices";

export function subscriptionsAndTenants(
  world: World,
  query: URLSearchParams,
  parts: readonly string[],
): Response {
  requireApiVersion(query, parts[0]!, ["2016-06-01", "2019-11-01", "2020-01-01", "2021-01-01", "2022-12-01"]);
  const { tenant } = world.identity;
  const subscriptions = [...new Set(world.workspaces.map((workspace) => workspace.subscription))].map((
    subscriptionId,
  ) => ({
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: "RoleBased",
    subscriptionId,
    tenantId: tenant,
    displayName: "Emulator",
    state: "Enabled",
  }));
  if (/^tenants$/i.test(parts[0]!)) {
    return jsonAnswer({ value: [{ id: `/tenants/${tenant}`, tenantId: tenant }] });
  }
  if (parts.length === 1) return jsonAnswer({ value: subscriptions });
  const named = subscriptions.find((subscription) =>
    equalIgnoringCase(subscription.subscriptionId, parts[1]!)
  );
  if (named === undefined) throw subscriptionNotFound(parts[1]!);
  return jsonAnswer(named);
}

export function workspacesIn(
  world: World,
  query: URLSearchParams,
  of: { readonly subscription: string; readonly group: string | undefined },
): Response {
  requireApiVersion(query, "workspaces");
  const listed = world.workspaces.filter(({ subscription, resourceGroup }) =>
    equalIgnoringCase(subscription, of.subscription) &&
    (of.group === undefined || equalIgnoringCase(resourceGroup, of.group))
  );
  return jsonAnswer({
    value: listed.map((workspace) => describeWorkspace(world, workspace, query.get("api-version")!)),
  });
}

/** Finds the workspace that a path leads to, and the parts of the path below it. @throws {Refusal} 404. */
export function workspaceAt(
  world: World,
  parts: readonly string[],
): [EmulatedWorkspace, readonly string[]] {
  const [
    ,
    subscription = "",
    groups = "",
    group = "",
    providers = "",
    provider = "",
    type = "",
    name = "",
    ...rest
  ] = parts.map(decodeURIComponent);
  provideWorkspace(world, { subscription, group, isWorkspace: equalIgnoringCase(provider, PROVIDER), name });
  const inSubscription = world.workspaces.filter((workspace) =>
    equalIgnoringCase(workspace.subscription, subscription)
  );
  if (inSubscription.length === 0) throw subscriptionNotFound(subscription);
  if (
    !equalIgnoringCase(groups, "resourceGroups") || !equalIgnoringCase(providers, "providers") ||
    !equalIgnoringCase(provider, PROVIDER)
  ) {
    throw notThere(
      "InvalidResourceNamespace",
      `The emulator has no resource provider at /${parts.join("/")}`,
    );
  }
  const inGroup = inSubscription.filter((workspace) => equalIgnoringCase(workspace.resourceGroup, group));
  if (inGroup.length === 0) {
    throw notThere("ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
  }
  const workspace = inGroup.find((workspace) => equalIgnoringCase(workspace.name, name));
  if (workspace !== undefined && equalIgnoringCase(type, "workspaces")) return [workspace, rest];
  if (rest.length > 0) {
    throw notThere(
      "ParentResourceNotFound",
      `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
    );
  }
  throw notThere(
    "ResourceNotFound",
    `The Resource '${PROVIDER}/${type}/${name}' under resource group '${group}' was not found. ` +
      "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}

/** Creates the requested workspace if the emulator accepts any. */
function provideWorkspace(
  world: World,
  { subscription, group, isWorkspace, name }: {
    readonly subscription: string;
    readonly group: string;
    readonly isWorkspace: boolean;
    readonly name: string;
  },
): void {
  const isPlain = [subscription, group, name].every((part) => /^[\w().-]{1,90}$/.test(part));
  if (!world.acceptAny || !isWorkspace || !isPlain) return;
  const isThere = world.workspaces.some((workspace) =>
    equalIgnoringCase(workspace.subscription, subscription) &&
    equalIgnoringCase(workspace.resourceGroup, group) &&
    equalIgnoringCase(workspace.name, name)
  );
  if (isThere) return;
  const seed = { subscription_id: subscription, resource_group: group, name };
  seedWorkspace(world, addWorkspace(world, seed), {});
}

function subscriptionNotFound(subscription: string): Refusal {
  return notThere("SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
}

function notThere(code: string, message: string): Refusal {
  return gatewayError(404, code, message);
}

export function equalIgnoringCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The JSON of a workspace; `kind` exists since api-version 2023-06. */
export function describeWorkspace(world: World, workspace: EmulatedWorkspace, apiVersion: string) {
  const provider = (path: string) =>
    `/subscriptions/${workspace.subscription}/resourceGroups/${workspace.resourceGroup}/providers/${path}`;
  const { tenant } = world.identity;
  const { api } = world.links;
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
      publicNetworkAccess: "Enabled",
      v1LegacyMode: false,
      storageHnsEnabled: false,
    },
    systemData: systemData(world),
  };
}
