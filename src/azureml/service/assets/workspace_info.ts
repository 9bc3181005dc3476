import type { Workspace as WorkspaceModel } from "@azure/arm-machinelearning";
import { type ArmCall, readWithArm } from "../client/arm.ts";
import type { Workspace } from "../client/workspace.ts";

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
  return toInfo((await readWithArm(workspace, action, read, { mustExist: true }))!);
}

function toInfo(found: WorkspaceModel): WorkspaceInfo {
  return {
    location: found.location,
    discoveryUrl: found.discoveryUrl,
    storageAccountId: found.storageAccount,
    isPublic: found.publicNetworkAccess?.toLowerCase() !== "disabled",
  };
}
