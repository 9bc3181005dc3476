/** The built-in role with which a user can submit jobs, and little else. */
export const WORKSPACE_ROLE = "AzureML Data Scientist";
/** The built-in role for reading and writing blobs. */
export const BLOB_ROLE = "Storage Blob Data Contributor";

/** A role assignment. */
export interface RoleGrant {
  readonly role: string;
  /** Resource Manager id of what the role is for. */
  readonly scope: string;
  /** Object id; a placeholder stands for one that is not known. */
  readonly assignee: string | undefined;
}

/** The command with which an owner of the resource assigns a role. */
export function roleCommand({ role, scope, assignee }: RoleGrant): string {
  return `az role assignment create --assignee ${assignee ?? "<object id of this identity>"} ` +
    `--role "${role}" --scope "${scope}"`;
}
