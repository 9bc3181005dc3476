import {
  addWorkspace,
  type EmulatedWorkspace,
  findResource,
  putResource,
  type Resource,
  systemData,
  type World,
} from "../state/world.ts";
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

const TYPE = "Microsoft.Authorization/roleAssignments";

/**
 * Lists, reads and creates the roles that identities have on a resource. They are stored, but do not change what
 * the identity may do.
 *
 * @param path Path of the request; the resource's id comes before `/providers/Microsoft.Authorization`.
 * @returns `undefined` for another path.
 */
export async function roleAssignments(
  world: World,
  request: Request,
  path: string,
): Promise<Response | undefined> {
  const start = path.toLowerCase().lastIndexOf(`/providers/${TYPE.toLowerCase()}`);
  if (start < 0) return undefined;
  const scope = path.slice(0, start);
  const [name, ...more] = path.slice(start + `/providers/${TYPE}`.length + 1).split("/");
  if (more.length > 0) return undefined;
  const query = new URL(request.url).searchParams;
  requireApiVersion(query, "roleAssignments", ["2022-04-01"]);
  const id = `${scope}/providers/${TYPE}/${name}`;
  if (request.method === "GET" && name === "") return list(world, scope, query.get("$filter") ?? "");
  const assignment = findResource(world, id);
  if (request.method === "GET" && assignment !== undefined) return jsonAnswer(assignment);
  if (request.method !== "PUT") {
    throw gatewayError(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`);
  }
  world.guard({ action: `${TYPE}/write`, scope, request });
  const { properties } = await request.json() as { readonly properties?: Resource["properties"] };
  const { principalId, roleDefinitionId } = properties ?? {};
  if (typeof principalId !== "string" || typeof roleDefinitionId !== "string") {
    throw gatewayError(400, "BadRequestFormat", "The request was incorrectly formatted.");
  }
  if (
    assignmentsAt(world, scope).some(({ properties: other }) =>
      other.principalId === principalId && other.roleDefinitionId === roleDefinitionId
    )
  ) {
    throw gatewayError(409, "RoleAssignmentExists", "The role assignment already exists.");
  }
  const resource = { id, name: name!, type: TYPE, properties: { scope, ...properties } };
  putResource(world, resource);
  return jsonAnswer(resource, 201);
}

function assignmentsAt({ resources }: World, scope: string): readonly Resource[] {
  const start = `${scope}/providers/${TYPE}/`.toLowerCase();
  return [...resources.values()].filter(({ id }) => id.toLowerCase().startsWith(start));
}

function list(world: World, scope: string, filter: string): Response {
  const wanted = assignmentsAt(world, scope).filter(({ properties }) =>
    filter === "" || filter.includes(`'${properties.principalId}'`)
  );
  return jsonAnswer({ value: wanted });
}

/** The namespace of Azure ML's resources. */
export const PROVIDER = "Microsoft.MachineLearningServices";

/** Answers with the subscriptions, one of them, or the tenants. */
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

/** Lists the workspaces of a subscription, or of a resource group. */
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
