/** Azure's own role for those who submit jobs: enough, and no more than that. */
export const WORKSPACE_ROLE = "AzureML Data Scientist";
/** Azure's own role for those who read and write blobs with their own identity. */
export const BLOB_ROLE = "Storage Blob Data Contributor";

/** What gives somebody a role. */
export interface RoleGrant {
  readonly role: string;
  /** Resource Manager id of what the role is for. */
  readonly scope: string;
  /** Object id; a placeholder stands for one that is not known. */
  readonly assignee: string | undefined;
}

/** The line that an owner of the resource types to give a role. */
export function roleCommand({ role, scope, assignee }: RoleGrant): string {
  return `az role assignment create --assignee ${assignee ?? "<object id of this identity>"} ` +
    `--role "${role}" --scope "${scope}"`;
}
