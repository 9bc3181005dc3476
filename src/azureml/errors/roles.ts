import type { WorkspaceConfig } from "../../config/types.ts";
import { shellWord } from "../../core/untrusted.ts";

/**
 * `az` command lines that create resources a job needs and the workspace lacks. They need the Azure CLI with its `ml`
 * extension, version 2.
 */

/** The file of the environment definition that `init --environment` writes, relative to the project. */
export const ENVIRONMENT_FILE = "environment/environment.yml";

/** The command that creates a workspace. */
export function workspaceLine({ name, resource_group, subscription_id }: WorkspaceConfig): string {
  return azLine("workspace create", {
    name,
    "resource-group": resource_group,
    subscription: subscription_id,
  });
}

/**
 * The command that creates the environment whose files `init --environment` writes.
 *
 * @param options.name Overrides the name in the file.
 * @param options.version Overrides the version in the file (default: the next one).
 * @param options.file Path of the definition (default: {@linkcode ENVIRONMENT_FILE}).
 */
export function environmentLine(
  workspace: WorkspaceConfig,
  { name, version, file = ENVIRONMENT_FILE }: {
    readonly name?: string;
    readonly version?: string;
    readonly file?: string;
  } = {},
): string {
  return azLine("environment create", {
    file,
    ...(name && { name }),
    ...(version && { version }),
    ...workspaceOptions(workspace),
  });
}

/**
 * The command that creates a data asset from a local file or folder, which it uploads, or from a cloud URL.
 *
 * @param asset.version Default: the next version.
 * @param asset.type `uri_file`, `uri_folder` or `mltable`.
 */
export function dataLine(
  workspace: WorkspaceConfig,
  { name, version, type, path }: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly type: string;
    readonly path: string;
  },
): string {
  return azLine("data create", {
    name,
    ...(version && { version }),
    type,
    path,
    ...workspaceOptions(workspace),
  });
}

/** The options that name a workspace. */
export function workspaceOptions(
  { name, resource_group, subscription_id }: WorkspaceConfig,
): Record<string, string> {
  return { "workspace-name": name, "resource-group": resource_group, subscription: subscription_id };
}

/** An `az ml` command with options, quoted for a shell. */
export function azLine(command: string, options: Readonly<Record<string, string>>): string {
  const words = Object.entries(options).map(([name, value]) => `--${name} ${shellWord(value)}`);
  return ["az ml", command, ...words].join(" ");
}

/** The built-in role that allows submitting jobs, and little else. */
export const WORKSPACE_ROLE = "AzureML Data Scientist";
/** The built-in role for reading and writing blobs. */
export const BLOB_ROLE = "Storage Blob Data Contributor";

/** A role assignment. */
export interface RoleGrant {
  readonly role: string;
  /** Resource Manager id of the resource that the role applies to. */
  readonly scope: string;
  /** Object id; if unknown, the command contains a placeholder. */
  readonly assignee: string | undefined;
}

/** The command that prints the object id of a compute's identity, for another command. */
export function principalLine(workspace: WorkspaceConfig, compute: string): string {
  return `"$(${
    azLine("compute show", { name: compute, ...workspaceOptions(workspace) })
  } --query identity.principal_id --output tsv)"`;
}

/** The command that gives a compute an identity. */
export function identityLine(workspace: WorkspaceConfig, compute: string): string {
  return azLine("compute update", {
    name: compute,
    "identity-type": "SystemAssigned",
    ...workspaceOptions(workspace),
  });
}

/** The command with which an owner of the resource assigns a role. */
export function roleCommand({ role, scope, assignee }: RoleGrant): string {
  return `az role assignment create --assignee ${assignee ?? "<object id of this identity>"} ` +
    `--role "${role}" --scope "${scope}"`;
}
