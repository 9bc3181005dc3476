import { parse } from "yaml";
import type { Seed } from "./options.ts";
import {
  azureTime,
  type EmulatedWorkspace,
  findResource,
  openContainer,
  putResource,
  type Resource,
  studioId,
  systemData,
  type World,
} from "./world.ts";

const TYPE = "Microsoft.MachineLearningServices/workspaces";

export function seedResources(world: World, seed: Seed): void {
  for (const workspace of world.workspaces) seedWorkspace(world, workspace, seed);
}

/** Creates the resources of the seed in one workspace, and its default datastores. */
export function seedWorkspace(world: World, workspace: EmulatedWorkspace, seed: Seed): void {
  seedComputes(world, workspace, seed.computes ?? []);
  seedDatastores(world, workspace, ["workspaceblobstore", ARTIFACTS]);
  seedFileStore(world, workspace);
  seedEnvironments(world, workspace, seed.environments ?? []);
  seedData(world, workspace, seed.data ?? []);
}

function seedResource(world: World, resource: Resource): void {
  if (findResource(world, resource.id) === undefined) putResource(world, resource);
}

export function seedComputes(
  world: World,
  workspace: EmulatedWorkspace,
  names: readonly string[],
): void {
  const now = azureTime(world.clock.now());
  for (const name of names) {
    seedResource(world, {
      id: `${workspace.id}/computes/${name}`,
      name,
      type: `${TYPE}/computes`,
      location: "eastus",
      tags: {},
      properties: {
        createdOn: now,
        modifiedOn: now,
        disableLocalAuth: false,
        description: null,
        resourceId: null,
        computeType: "AmlCompute",
        computeLocation: "eastus",
        provisioningState: "Succeeded",
        provisioningErrors: null,
        provisioningWarnings: {},
        isAttachedCompute: false,
        properties: clusterProperties(now),
      },
    });
  }
}

export const IDLE_CLUSTER = {
  currentNodeCount: 0,
  targetNodeCount: 0,
  nodeStateCounts: {
    preparingNodeCount: 0,
    runningNodeCount: 0,
    idleNodeCount: 0,
    unusableNodeCount: 0,
    leavingNodeCount: 0,
    preemptedNodeCount: 0,
  },
  allocationState: "Steady",
  propertyBag: {},
};

function clusterProperties(createdAt: string) {
  return {
    vmSize: "STANDARD_DS3_V2",
    vmPriority: "Dedicated",
    osType: "Linux",
    scaleSettings: { maxNodeCount: 4, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: "PT2M" },
    subnet: null,
    ...IDLE_CLUSTER,
    allocationStateTransitionTime: createdAt,
    virtualMachineImage: null,
    isolatedNetwork: false,
    enableBatchPrivateLink: false,
    errors: null,
    remoteLoginPortPublicAccess: "Enabled",
  };
}

const ARTIFACTS = "workspaceartifactstore";

function containerOf({ workspaceId }: EmulatedWorkspace, datastore: string): string {
  if (datastore === ARTIFACTS) return "azureml";
  return datastore === "workspaceblobstore" ? `azureml-blobstore-${workspaceId}` : datastore;
}

function seedDatastores(world: World, workspace: EmulatedWorkspace, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const containerName = containerOf(workspace, name);
    openContainer(world, workspace.account, containerName);
    const isOwn = name !== ARTIFACTS;
    seedDatastore(world, workspace, name, {
      isDefault: index === 0,
      subscriptionId: isOwn ? workspace.subscription : null,
      resourceGroup: isOwn ? workspace.resourceGroup : null,
      datastoreType: "AzureBlob",
      containerName,
      serviceDataAccessAuthIdentity: isOwn ? "WorkspaceSystemAssignedIdentity" : "None",
    });
  }
}

/** Creates the datastore for the files of notebooks: a share, which the emulator does not have. */
function seedFileStore(world: World, workspace: EmulatedWorkspace): void {
  seedDatastore(world, workspace, "workspacefilestore", {
    isDefault: false,
    subscriptionId: null,
    resourceGroup: null,
    datastoreType: "AzureFile",
    fileShareName: `azureml-filestore-${workspace.workspaceId}`,
    serviceDataAccessAuthIdentity: "None",
  });
}

function seedDatastore(
  world: World,
  workspace: EmulatedWorkspace,
  name: string,
  properties: Readonly<Record<string, unknown>>,
): void {
  seedResource(world, {
    id: `${workspace.id}/datastores/${name}`,
    name,
    type: `${TYPE}/datastores`,
    properties: {
      description: null,
      tags: null,
      properties: null,
      credentials: { credentialsType: "AccountKey" },
      accountName: workspace.account,
      endpoint: world.links.storageEndpoint,
      protocol: "https",
      ...properties,
    },
    systemData: madeByService(world),
  });
}

/** The `systemData` of what a workspace has from its beginning: nobody is its creator. */
function madeByService(world: World): Resource["systemData"] {
  const { createdBy: _, createdByType: __, ...rest } = systemData(world);
  return rest;
}

const USUAL_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04";

export function seedEnvironments(
  world: World,
  workspace: EmulatedWorkspace,
  seeds: NonNullable<Seed["environments"]>,
): void {
  for (const { name, versions, image = USUAL_IMAGE, condaFile } of seeds) {
    seedVersions(
      world,
      `${workspace.id}/environments/${name}`,
      versions,
      () => name.startsWith("AzureML-") ? CURATED_PROPERTIES : environmentProperties({ image, condaFile }),
    );
  }
}

export function seedData(world: World, workspace: EmulatedWorkspace, seeds: NonNullable<Seed["data"]>): void {
  for (const { name, versions, type, path } of seeds) {
    seedVersions(world, `${workspace.id}/data/${name}`, versions, (version) =>
      dataProperties(workspace, {
        dataType: type ?? "uri_folder",
        dataUri: `azureml://datastores/workspaceblobstore/paths/${path ?? `${name}/${version}`}`,
      }));
  }
}

function seedVersions(
  world: World,
  asset: string,
  versions: readonly string[],
  properties: (version: string) => Readonly<Record<string, unknown>>,
): void {
  const kind = asset.split("/").at(-2)!;
  for (const version of versions) {
    seedResource(world, {
      id: `${asset}/versions/${version}`,
      name: version,
      type: `${TYPE}/${kind}/versions`,
      properties: properties(version),
      systemData: systemData(world),
    });
  }
}

type Properties = Readonly<Record<string, unknown>>;

/** The properties of an environment version as Azure ML completes them. */
export function environmentProperties(sent: Properties): Properties {
  const isAnonymous = sent.isAnonymous === true;
  return {
    description: null,
    tags: {},
    isArchived: false,
    isAnonymous,
    autoDeleteSetting: null,
    environmentType: "UserCreated",
    condaFile: "",
    osType: "Linux",
    autoRebuild: "Disabled",
    stage: isAnonymous ? "Logged" : "Development",
    intellectualProperty: null,
    ...withoutNull(sent),
    ...(sent.condaFile ? { condaFile: asJson(String(sent.condaFile)) } : {}),
    properties: { "azureml.labels": "", ...sent.properties as object | null },
    provisioningState: "Succeeded",
  };
}

function asJson(yaml: string): string {
  return JSON.stringify(parse(yaml, { logLevel: "silent" }), null, 2);
}

/** The properties of a curated environment, which has no image of its own. */
const CURATED_PROPERTIES: Properties = {
  ...environmentProperties({ description: "A curated environment of Azure ML." }),
  environmentType: "Curated",
  autoRebuild: "OnBaseImageUpdate",
};

/** The properties of a data version as Azure ML completes them: a short URI becomes a long one. */
export function dataProperties(workspace: EmulatedWorkspace, { dataUri, ...given }: Properties): Properties {
  const short = /^azureml:\/\/(datastores\/.+)$/.exec(String(dataUri))?.[1];
  return {
    description: null,
    tags: null,
    properties: null,
    isArchived: false,
    isAnonymous: false,
    stage: null,
    intellectualProperty: null,
    autoDeleteSetting: null,
    ...withoutNull(given),
    dataUri: short === undefined
      ? dataUri
      : `azureml:/${studioId(workspace)}/${asFolder(short, given.dataType)}`,
  };
}

/** Azure ML ends the path of a folder in a datastore with a slash. */
function asFolder(path: string, dataType: unknown): string {
  return dataType === "uri_file" || path.endsWith("/") ? path : `${path}/`;
}

function withoutNull(values: Properties): Properties {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}
