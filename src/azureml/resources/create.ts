import type { ComputeResource } from "@azure/arm-machinelearning";
import { putOne, runOperation } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";
import { anonymousImageEnvironment } from "../job/names.ts";
import { KINDS } from "./kinds.ts";

export interface ClusterSettings {
  /** Size of its machines, such as `Standard_DS3_v2`. */
  readonly vmSize: string;
  /** Machines that run, and cost money, even if no job needs them. */
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Seconds after its last job until a machine is released. */
  readonly idleSeconds: number;
  /** Whether it gets an identity of its own, to which roles can be assigned. */
  readonly hasIdentity?: boolean;
}

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

export interface EnvironmentSpec {
  readonly name: string;
  readonly version: string;
  readonly image: string;
  /** Text of its conda file; `undefined` if the image has all packages. */
  readonly condaFile: string | undefined;
}

/** Registers an environment, whose image the first job builds. */
export async function createEnvironment(
  workspace: Workspace,
  { name, version, image, condaFile }: EnvironmentSpec,
): Promise<void> {
  const properties = {
    image,
    isAnonymous: false,
    isArchived: false,
    ...(condaFile !== undefined && { condaFile }),
  };
  await putOne(workspace, KINDS.environment, { properties }, [name, version]);
}

/** Registers an image as an anonymous environment, which is the same for everybody who names the image. */
export async function registerImage(workspace: Workspace, image: string) {
  const { name, version } = anonymousImageEnvironment(image);
  const body = { properties: { image, isAnonymous: true, isArchived: false } };
  const action = `register image "${image}" as an environment`;
  await putOne(workspace, KINDS.environment, body, [name, version], action);
  return { name, version };
}

export async function createDataAsset(
  workspace: Workspace,
  { name, version, type, uri }: {
    readonly name: string;
    readonly version: string;
    readonly type: "uri_file" | "uri_folder";
    /** Where its data is, such as `azureml://…/datastores/NAME/paths/PATH`. */
    readonly uri: string;
  },
): Promise<void> {
  const properties = { dataType: type, dataUri: uri, isAnonymous: false, isArchived: false };
  await putOne(workspace, KINDS.data, { properties }, [name, version]);
}
