import type {
  AmlComputeProperties,
  ComputeInstanceProperties,
  ComputeResource,
  DataVersionBase,
  EnvironmentVersion,
  ErrorDetail,
  Workspace as WorkspaceModel,
} from "@azure/arm-machinelearning";
import { ExitCode, UserError } from "../../core/errors.ts";
import { type ArmCall, listWithArm, readWithArm } from "../client/arm.ts";
import { allResources, type Workspace } from "../client/workspace.ts";

/** A compute of a workspace, with what determines whether steps can run on it. */
export interface ComputeInfo {
  readonly name: string;
  /** ARM id; the one of `serverless` has the same form, as in azure-ai-ml 1.35. */
  readonly id: string;
  /** Azure's compute type, such as `AmlCompute`, `ComputeInstance` or `Kubernetes`. */
  readonly kind: string | undefined;
  readonly provisioningState: string | undefined;
  /** State of a compute instance, such as `Running` or `Stopped`. */
  readonly state: string | undefined;
  readonly vmSize: string | undefined;
  /** Maximum number of machines; `undefined` if Azure does not return it. */
  readonly maxNodes: number | undefined;
  /** Errors of its provisioning or last scaling, such as an exceeded quota. */
  readonly errors: readonly string[];
  /** Notices about a compute that works, such as that its machine type will be retired. */
  readonly notices: readonly string[];
}

/** @internal Details that `AmlCompute` and `ComputeInstance` computes have. */
type ComputeDetails = Partial<AmlComputeProperties & ComputeInstanceProperties>;

/**
 * Reads a compute; `serverless` always exists.
 *
 * @throws {UserError} `compute.not_found`, with the names of the existing ones; `azure.*`, `network.*`.
 */
export async function getCompute(workspace: Workspace, name: string): Promise<ComputeInfo> {
  const id = `${workspace.id}/computes/${name}`;
  if (name === "serverless") return { ...toComputeInfo(name, {}), id };
  const action = `read compute "${name}"`;
  const resource = await readWithArm(
    workspace,
    action,
    ({ client, at }) => client.computeOperations.get(...at, name),
  );
  if (resource !== undefined) return { ...toComputeInfo(name, resource), id };
  const names = await computeNames(workspace);
  throw new UserError(
    `Compute "${name}" not found in workspace "${workspace.config.name}"`,
    {
      code: "compute.not_found",
      exit: ExitCode.Rejected,
      details: names.length === 0 ? [] : [`computes: ${names.join(", ")}`],
      hint: "Change `compute` in azureml.yml, or create it with `kedro-azureml setup`",
      data: { computes: names },
    },
  );
}

async function computeNames(workspace: Workspace): Promise<readonly string[]> {
  const list = ({ client, at }: ArmCall) => client.computeOperations.list(...at);
  const computes = await Array.fromAsync(listWithArm(workspace, "list the computes", list));
  return computes.flatMap(({ name }) => name ?? []).sort();
}

function toComputeInfo(name: string, { properties }: ComputeResource): Omit<ComputeInfo, "id"> {
  const { computeType, provisioningState, provisioningErrors } = properties ?? {};
  const details: ComputeDetails = properties && "properties" in properties
    ? properties.properties as ComputeDetails | null ?? {}
    : {};
  const { vmSize, state, scaleSettings, errors } = details;
  const reported = [...provisioningErrors ?? [], ...errors ?? []].map(({ error }) => error ?? {});
  const isNotice = ({ code }: ErrorDetail) => code === NOTICE;
  return {
    name,
    kind: computeType,
    provisioningState,
    state,
    vmSize,
    maxNodes: computeType === "ComputeInstance" ? 1 : scaleSettings?.maxNodeCount,
    errors: reported.filter((error) => !isNotice(error)).map(({ code, message }) =>
      [code, message].filter(Boolean).join(": ")
    ),
    notices: reported.filter(isNotice).map(({ message }) => message ?? NOTICE),
  };
}

/** The code of what Azure lists among the errors of a healthy cluster. */
const NOTICE = "ClusterHasWarnings";

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

/** Kinds of assets with versions. */
type AssetKind = "environments" | "data";

/** The next version of an asset: the service's proposal, else `1`. @throws {UserError} `azure.*`. */
export async function nextVersion(workspace: Workspace, kind: AssetKind, name: string): Promise<string> {
  const container = await workspace.find<{ readonly properties?: { readonly nextVersion?: string | null } }>({
    action: `find the versions of "${name}"`,
    method: "GET",
    path: `${kind}/${encodeURIComponent(name)}`,
    answers: ["properties"],
  });
  return container?.properties?.nextVersion || "1";
}

/** An asset's newest version; `undefined` if it has none. @throws {UserError} `azure.*`, `network.*`. */
export async function newestVersion<T>(
  workspace: Workspace,
  kind: AssetKind,
  name: string,
): Promise<{ readonly version: string; readonly properties: T } | undefined> {
  const options = { orderBy: "createdtime desc", top: 1 };
  const list = ({ client, at }: ArmCall): AsyncIterable<DataVersionBase | EnvironmentVersion> =>
    (kind === "data" ? client.dataVersions : client.environmentVersions).list(...at, name, options);
  const action = `find the newest version of ${kind === "data" ? "data asset" : "environment"} "${name}"`;
  const versions = listWithArm(workspace, action, list, { maybeMissing: true });
  for await (const { name: version, properties } of versions) {
    return { version: version!, properties: properties as T };
  }
  return undefined;
}

/** The facts about a workspace that commands need. */
export interface WorkspaceInfo {
  readonly location: string | undefined;
  /** URL of the document that lists the workspace's other services, such as run history. */
  readonly discoveryUrl: string | undefined;
  /** ARM id of its default storage account. */
  readonly storageAccountId: string | undefined;
  /** False if it is reachable only through private endpoints. */
  readonly isPublic: boolean;
}

/**
 * Reads the workspace, to find out early whether it is reachable.
 *
 * @throws {UserError} `azure.*`, such as `azure.not_found`; `network.*`, `auth.*`.
 */
export async function getWorkspace(workspace: Workspace): Promise<WorkspaceInfo> {
  const action = `read workspace "${workspace.config.name}"`;
  const read = ({ client, at }: ArmCall) => client.workspaces.get(...at);
  return toWorkspaceInfo((await readWithArm(workspace, action, read, { mustExist: true }))!);
}

function toWorkspaceInfo(found: WorkspaceModel): WorkspaceInfo {
  return {
    location: found.location,
    discoveryUrl: found.discoveryUrl,
    storageAccountId: found.storageAccount,
    isPublic: found.publicNetworkAccess?.toLowerCase() !== "disabled",
  };
}
