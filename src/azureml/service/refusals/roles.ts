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

/** The command with which an owner of the resource assigns a role. */
export function roleCommand({ role, scope, assignee }: RoleGrant): string {
  return `az role assignment create --assignee ${assignee ?? "<object id of this identity>"} ` +
    `--role "${role}" --scope "${scope}"`;
}
