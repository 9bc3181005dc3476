import { allResources } from "../client/paging.ts";
import type { Workspace } from "../client/workspace.ts";

/** A subscription that the identity can see. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
}

/** A workspace of a subscription. */
export interface FoundWorkspace {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
}

const SUBSCRIPTIONS_VERSION = "2022-12-01";

/**
 * Lists the enabled subscriptions that the identity can see, by name.
 *
 * @param workspace Any workspace of the cloud; only its connection is used.
 * @throws {UserError} `azure.*`, `network.*`, `auth.*`.
 */
export async function listSubscriptions(workspace: Workspace): Promise<Subscription[]> {
  const subscriptions = await allResources<{ subscriptionId?: string; displayName?: string; state?: string }>(
    workspace,
    {
      action: "list subscriptions",
      below: "",
      path: "subscriptions",
      query: { "api-version": SUBSCRIPTIONS_VERSION },
    },
  );
  return subscriptions.flatMap(({ subscriptionId: id, displayName, state = "Enabled" }) =>
    id === undefined || state !== "Enabled" ? [] : [{ id, name: displayName || id }]
  ).sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Lists the workspaces of a subscription, by name. @throws {UserError} `azure.*`, `network.*`, `auth.*`. */
export async function listWorkspaces(workspace: Workspace, subscription: string): Promise<FoundWorkspace[]> {
  const workspaces = await allResources<{ id?: string; name?: string; location?: string; kind?: string }>(
    workspace,
    {
      action: "list workspaces",
      below: `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.MachineLearningServices`,
      path: "workspaces",
    },
  );
  return workspaces.flatMap(({ id = "", name, location = "" }) => {
    const [, resourceGroup] = /\/resourceGroups\/([^/]+)\//i.exec(id) ?? [];
    return name === undefined || resourceGroup === undefined ? [] : [{ name, resourceGroup, location }];
  }).sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Lists the clusters on which steps can run. @throws {UserError} `azure.*`, `network.*`, `auth.*`. */
export async function listClusters(workspace: Workspace): Promise<string[]> {
  const computes = await allResources<{ name?: string; properties?: { computeType?: string } }>(workspace, {
    action: "list computes",
    path: "computes",
  });
  const runsJobs = ({ properties }: (typeof computes)[number]) =>
    /^(AmlCompute|Kubernetes|ComputeInstance)$/.test(properties?.computeType ?? "");
  return computes.filter(runsJobs).flatMap(({ name }) => name ?? []).sort();
}

/** Lists a workspace's own environments, by name. @throws {UserError} `azure.*`, `network.*`, `auth.*`. */
export async function listEnvironments(workspace: Workspace): Promise<string[]> {
  const environments = await allResources<{ name?: string; properties?: { isArchived?: boolean } }>(
    workspace,
    {
      action: "list environments",
      path: "environments",
    },
  );
  return environments.filter(({ name, properties }) =>
    !/^(AzureML-|CliV2AnonymousEnvironment$)/.test(name ?? "") && !properties?.isArchived
  )
    .flatMap(({ name }) => name ?? []).sort();
}
