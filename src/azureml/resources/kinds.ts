import { API_VERSIONS } from "../../core/net/api_versions.ts";
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
import { fields, isFields, textOf } from "../../core/json.ts";
import { type ArmCall, findOne, listAll, type Listed, type Readable } from "../client/arm.ts";
import { allResources, notFromAzure, type Workspace } from "../client/workspace.ts";

/** Only the version that was created last. */
const NEWEST = { orderBy: "createdtime desc", top: 1 };

/**
 * What is read and written with the client of `@azure/arm-machinelearning`: the operations of each kind of resource, its name in
 * messages, and the error if there is none. A list of versions has only the newest one.
 *
 * Other requests are written out where they are sent, since the package lacks them or would change them, as {@linkcode
 * findOne} explains.
 */
export const KINDS = {
  workspace: {
    noun: "workspace",
    get: ({ client, at }: ArmCall) => client.workspaces.get(...at),
    mustExist: true,
  },
  compute: {
    noun: "compute",
    get: ({ client, at }: ArmCall, name: string) => client.computeOperations.get(...at, name),
    list: ({ client, at }: ArmCall) => client.computeOperations.list(...at),
    missing: {
      // compute.not_found: The compute does not exist. Change `compute` in azureml.yml, or create it.
      code: "compute.not_found",
      hint: "Change `compute` in azureml.yml, or create it with `kedro-azureml setup`",
    },
  },
  environment: {
    noun: "environment",
    get: ({ client, at }: ArmCall, name: string, version: string) =>
      client.environmentVersions.get(...at, name, version),
    list: ({ client, at }: ArmCall, name: string) => client.environmentVersions.list(...at, name, NEWEST),
    put: ({ client, at }: ArmCall, body: EnvironmentVersion, name: string, version: string) =>
      client.environmentVersions.createOrUpdate(...at, name, version, body),
    missing: {
      // environment.not_found: The environment or its version does not exist. Correct it in azureml.yml, or
      //   create it with `kedro-azureml setup`.
      code: "environment.not_found",
      hint:
        "Change `execution.environment` in azureml.yml, or write its files with `kedro-azureml init --environment` and create it with `kedro-azureml setup`",
    },
  },
  environmentName: {
    noun: "environment",
    get: ({ client, at }: ArmCall, name: string) => client.environmentContainers.get(...at, name),
    list: ({ client, at }: ArmCall) => client.environmentContainers.list(...at),
  },
  data: {
    noun: "data asset",
    get: ({ client, at }: ArmCall, name: string, version: string) =>
      client.dataVersions.get(...at, name, version),
    list: ({ client, at }: ArmCall, name: string) => client.dataVersions.list(...at, name, NEWEST),
    put: ({ client, at }: ArmCall, body: DataVersionBase, name: string, version: string) =>
      client.dataVersions.createOrUpdate(...at, name, version, body),
  },
  dataName: {
    noun: "data asset",
    get: ({ client, at }: ArmCall, name: string) => client.dataContainers.get(...at, name),
  },
  datastore: {
    noun: "datastore",
    get: ({ client, at }: ArmCall, name: string) => client.datastores.get(...at, name),
    list: ({ client, at }: ArmCall) => client.datastores.list(...at, { isDefault: true }),
    // datastore.not_found: The datastore does not exist. Run `az ml datastore list`.
    missing: { code: "datastore.not_found", hint: "List the datastores with `az ml datastore list`" },
  },
  job: {
    noun: "job",
    list: ({ client, at }: ArmCall, tag?: string) =>
      client.jobs.list(...at, {
        jobType: "Pipeline",
        listViewType: "ActiveOnly",
        ...(tag !== undefined && { tag }),
      }),
  },
  schedule: {
    noun: "schedule",
    list: ({ client, at }: ArmCall) => client.schedules.list(...at, { listViewType: "All" }),
  },
};

export function notFound(
  { config }: Workspace,
  { noun, missing }: {
    readonly noun: string;
    readonly missing: { readonly code: string; readonly hint: string };
  },
  name: string,
  more: { readonly details?: readonly string[]; readonly data?: Readonly<Record<string, unknown>> } = {},
): UserError {
  const what = noun.charAt(0).toUpperCase() + noun.slice(1);
  const options = { ...missing, exit: ExitCode.Rejected, ...more };
  return new UserError(`${what} "${name}" not found in workspace "${config.name}"`, options);
}

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

type ComputeDetails = Partial<AmlComputeProperties & ComputeInstanceProperties>;

/**
 * Reads a compute; `serverless` always exists.
 *
 * @throws {UserError} `compute.not_found`, with the names of the existing ones; `azure.*`, `network.*`.
 */
export async function getCompute(workspace: Workspace, name: string): Promise<ComputeInfo> {
  const id = `${workspace.id}/computes/${name}`;
  if (name === "serverless") return { ...toComputeInfo(name, {}), id };
  const resource = await findOne(workspace, KINDS.compute, [name]);
  if (resource !== undefined) return { ...toComputeInfo(name, resource), id };
  const all = await Array.fromAsync(listAll(workspace, KINDS.compute, []));
  const computes = all.flatMap(({ name }) => name ?? []).sort();
  const details = computes.length === 0 ? [] : [`computes: ${computes.join(", ")}`];
  throw notFound(workspace, KINDS.compute, name, { details, data: { computes } });
}

function toComputeInfo(name: string, { properties }: ComputeResource): Omit<ComputeInfo, "id"> {
  const { computeType, provisioningState, provisioningErrors } = properties ?? {};
  const details: ComputeDetails = properties && "properties" in properties
    ? properties.properties as ComputeDetails | null ?? {}
    : {};
  const { vmSize, state, scaleSettings, errors } = details;
  const reported = [provisioningErrors, errors].flatMap((list) => list ?? [])
    .map((one): ErrorDetail => fields(fields(one).error));
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

/** Lists the clusters on which steps can run. */
export async function listClusters(workspace: Workspace): Promise<string[]> {
  const computes = await Array.fromAsync(listAll(workspace, KINDS.compute, []));
  return computes.flatMap(({ name = "", properties }) =>
    /^(AmlCompute|Kubernetes|ComputeInstance)$/.test(properties?.computeType ?? "") ? [name] : []
  ).sort();
}

/** Lists a workspace's own environments, by name. */
export async function listEnvironments(workspace: Workspace): Promise<string[]> {
  const environments = await Array.fromAsync(listAll(workspace, KINDS.environmentName, []));
  return environments.flatMap(({ name = "", properties }) =>
    /^(AzureML-|CliV2AnonymousEnvironment$)/.test(name) || properties?.isArchived ? [] : [name]
  ).sort();
}

/** The next version of an asset: the service's proposal, else `1`. */
export async function nextVersion(
  workspace: Workspace,
  kind: Readable<{ readonly properties: { readonly nextVersion?: string } }, [string]>,
  name: string,
): Promise<string> {
  const action = `find the versions of "${name}"`;
  const asset = await findOne(workspace, kind, [name], action);
  if (asset !== undefined && !isFields(asset.properties)) {
    throw notFromAzure(action, workspace.cloud.resourceManager, 200);
  }
  return asset?.properties.nextVersion || "1";
}

/** An asset's newest version, which is its `name`; `undefined` if it has none. */
export async function newestVersion<Version extends { readonly name?: string }>(
  workspace: Workspace,
  kind: Listed<Version, [string]>,
  name: string,
): Promise<Version | undefined> {
  const action = `find the newest version of ${kind.noun} "${name}"`;
  for await (const one of listAll(workspace, kind, [name], { action, maybeMissing: true })) return one;
  return undefined;
}

export interface WorkspaceInfo {
  readonly location: string | undefined;
  /** URL of the document that lists the workspace's other services, such as run history. */
  readonly discoveryUrl: string | undefined;
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
  const action = `read ${KINDS.workspace.noun} "${workspace.config.name}"`;
  return toWorkspaceInfo((await findOne(workspace, KINDS.workspace, [], action))!);
}

function toWorkspaceInfo(found: WorkspaceModel): WorkspaceInfo {
  return {
    location: found.location,
    discoveryUrl: found.discoveryUrl,
    storageAccountId: found.storageAccount,
    isPublic: textOf(found.publicNetworkAccess)?.toLowerCase() !== "disabled",
  };
}

export interface FoundWorkspace {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
}

/**
 * Lists the enabled subscriptions that the identity can see, by name.
 *
 * @param workspace Any workspace of the cloud; only its connection is used.
 */
export async function listSubscriptions(workspace: Workspace) {
  const subscriptions = await allResources<{ subscriptionId?: string; displayName?: string; state?: string }>(
    workspace,
    {
      action: "list subscriptions",
      below: "",
      path: "subscriptions",
      query: { "api-version": API_VERSIONS.subscriptions },
    },
  );
  return subscriptions.flatMap(({ subscriptionId: id, displayName, state = "Enabled" }) =>
    id === undefined || state !== "Enabled" ? [] : [{ id, name: displayName || id }]
  ).sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Lists the workspaces of a subscription, by name. */
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
