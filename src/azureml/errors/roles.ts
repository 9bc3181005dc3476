import type { WorkspaceConfig } from "../../config/schema.ts";
import { shellWord } from "../../core/untrusted.ts";

/**
 * What only an owner can do, as command lines of the Azure CLI: creating a workspace, giving a compute an identity, and
 * assigning a role. `kedro-azureml setup` does the rest.
 */

/** The built-in role that allows submitting jobs, and little else. */
export const WORKSPACE_ROLE = "AzureML Data Scientist";
export const BLOB_ROLE = "Storage Blob Data Contributor";

export function roleCommand({ role, scope, assignee }: {
  readonly role: string;
  /** Resource Manager id of the resource that the role applies to, or a shell expression for it. */
  readonly scope: string | { readonly expression: string };
  /** Object id, or a shell expression for it; if unknown, the command contains a placeholder. */
  readonly assignee: string | undefined;
}): string {
  const word = typeof scope === "string" ? shellWord(scope) : `"${scope.expression}"`;
  return `az role assignment create --assignee ${assignee ?? "<object id of this identity>"} ` +
    `--role "${role}" --scope ${word}`;
}

/** A shell expression for the object id of a compute's identity. */
export function principalLine(workspace: WorkspaceConfig, compute: string): string {
  return `"$(${
    azLine("compute show", { name: compute, ...workspaceOptions(workspace) })
  } --query identity.principal_id --output tsv)"`;
}

export function identityLine(workspace: WorkspaceConfig, compute: string): string {
  return azLine("compute update", {
    name: compute,
    "identity-type": "SystemAssigned",
    ...workspaceOptions(workspace),
  });
}

export const workspaceLine = (workspace: WorkspaceConfig) => ownLine("create", workspace);

/** The command that lets a workspace read the keys of its storage account and registry again. */
export const syncKeysLine = (workspace: WorkspaceConfig) => ownLine("sync-keys", workspace);

/** The command that checks what a workspace uses: its storage account, key vault, registry and network. */
export const diagnoseLine = (workspace: WorkspaceConfig) => ownLine("diagnose", workspace);

/** The command that lets a cluster build the images of environments, where the registry may not. */
export const buildComputeLine = (workspace: WorkspaceConfig, compute: string) =>
  ownLine("update", workspace, { "image-build-compute": compute });

/** A shell expression for the object id of the workspace's own identity. */
export const workspacePrincipalLine = (workspace: WorkspaceConfig) =>
  `"$(${ownLine("show", workspace)} --query identity.principal_id --output tsv)"`;

function ownLine(verb: string, workspace: WorkspaceConfig, options: Options = {}): string {
  const { name, resource_group, subscription_id } = workspace;
  return azLine(`workspace ${verb}`, {
    name,
    "resource-group": resource_group,
    subscription: subscription_id,
    ...options,
  });
}

type Options = Readonly<Record<string, string>>;

export function workspaceOptions({ name, resource_group, subscription_id }: WorkspaceConfig): Options {
  return { "workspace-name": name, "resource-group": resource_group, subscription: subscription_id };
}

export function azLine(command: string, options: Options): string {
  const words = Object.entries(options).map(([name, value]) => `--${name} ${shellWord(value)}`);
  return ["az ml", command, ...words].join(" ");
}
