import type { ComputeResource, DataVersionBase, EnvironmentVersion } from "@azure/arm-machinelearning";
import { runOperation } from "../client/long_running.ts";
import type { Workspace } from "../client/workspace.ts";
import { type ClusterSettings, USUAL_CLUSTER } from "./cluster.ts";
import { azLine, workspaceOptions } from "../refusals/az_commands.ts";
import type { WorkspaceConfig } from "../../../config/azureml/types.ts";

/** A compute cluster to create. */
export interface ClusterSpec extends ClusterSettings {
  readonly name: string;
}

/**
 * Creates a compute cluster and waits until it exists; its machines start when a job needs them.
 *
 * @param location The workspace's region.
 * @throws {UserError} `azure.*`, such as a quota or a missing role; `network.*`.
 */
export async function createCluster(
  workspace: Workspace,
  location: string | undefined,
  { name, vmSize, minNodes, maxNodes, idleSeconds, hasIdentity }: ClusterSpec,
): Promise<void> {
  await runOperation(workspace, {
    action: `create compute cluster "${name}"`,
    method: "PUT",
    path: `computes/${encodeURIComponent(name)}`,
    body: {
      ...(location !== undefined && { location }),
      ...(hasIdentity && { identity: { type: "SystemAssigned" } }),
      properties: {
        computeType: "AmlCompute",
        properties: {
          vmSize,
          vmPriority: "Dedicated",
          scaleSettings: {
            minNodeCount: minNodes,
            maxNodeCount: maxNodes,
            nodeIdleTimeBeforeScaleDown: `PT${idleSeconds}S`,
          },
        },
      },
    } satisfies ComputeResource,
  });
}

/** An environment to register. */
export interface EnvironmentSpec {
  readonly name: string;
  readonly version: string;
  /** The base image. */
  readonly image: string;
  /** Text of its conda file; `undefined` if the image has all packages. */
  readonly condaFile: string | undefined;
}

/** Registers an environment, whose image the first job builds. @throws {UserError} `azure.*`, `network.*`. */
export async function createEnvironment(
  workspace: Workspace,
  { name, version, image, condaFile }: EnvironmentSpec,
): Promise<void> {
  await workspace.send({
    action: `register environment "${name}:${version}"`,
    method: "PUT",
    path: `environments/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`,
    body: {
      properties: {
        image,
        isAnonymous: false,
        isArchived: false,
        ...(condaFile !== undefined && { condaFile }),
      },
    } satisfies EnvironmentVersion,
  });
}

/** A data asset to register. */
export interface DataAssetSpec {
  readonly name: string;
  readonly version: string;
  /** `uri_file` or `uri_folder`. */
  readonly type: "uri_file" | "uri_folder";
  /** Where its data is, such as `azureml://…/datastores/NAME/paths/PATH`. */
  readonly uri: string;
}

/** Registers a version of a data asset. @throws {UserError} `azure.*`, `network.*`. */
export async function createDataAsset(
  workspace: Workspace,
  { name, version, type, uri }: DataAssetSpec,
): Promise<void> {
  await workspace.send({
    action: `register data asset "${name}:${version}"`,
    method: "PUT",
    path: `data/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`,
    body: {
      properties: { dataType: type, dataUri: uri, isAnonymous: false, isArchived: false },
    } satisfies { readonly properties: DataVersionBase["properties"] },
  });
}

/** The command that creates a cluster that scales down to zero machines. */
export function computeLine(
  workspace: WorkspaceConfig,
  name: string,
  { vmSize, minNodes, maxNodes, idleSeconds, hasIdentity }: ClusterSettings,
): string {
  return azLine("compute create", {
    name,
    type: "AmlCompute",
    size: vmSize,
    "min-instances": String(minNodes),
    "max-instances": String(maxNodes),
    // `az` has the same default.
    ...(idleSeconds !== USUAL_CLUSTER.idleSeconds && { "idle-time-before-scale-down": String(idleSeconds) }),
    ...(hasIdentity && { "identity-type": "SystemAssigned" }),
    ...workspaceOptions(workspace),
  });
}
