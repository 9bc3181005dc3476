import type { ComputeResource } from "@azure/arm-machinelearning";
import { UserError } from "../../../core/errors.ts";
import { shortHash, uuidForm } from "../../../core/hash.ts";
import { listResources } from "../client/paging.ts";
import type { Workspace } from "../client/workspace.ts";

/** The built-in role `Storage Blob Data Contributor`, which has the same id in every subscription. */
const BLOB_ROLE_ID = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments";
const ASSIGNMENTS_VERSION = "2022-04-01";

/**
 * The object id of a compute's own identity, else of the first that was assigned to it; `undefined` if it has none.
 *
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function principalOf(workspace: Workspace, compute: string): Promise<string | undefined> {
  const resource = await workspace.find<Pick<ComputeResource, "identity">>(
    {
      action: `read the identity of compute "${compute}"`,
      method: "GET",
      path: `computes/${encodeURIComponent(compute)}`,
    },
  );
  const { principalId, userAssignedIdentities } = resource?.identity ?? {};
  return principalId ?? Object.values(userAssignedIdentities ?? {})[0]?.principalId ?? undefined;
}

/**
 * Whether an identity has the role for reading and writing blobs of a storage account, or of something above it.
 *
 * @param account ARM id of the storage account.
 * @throws {UserError} `azure.*`, `network.*`.
 */
export async function hasBlobRole(
  workspace: Workspace,
  account: string,
  principal: string,
): Promise<boolean> {
  const assigned = listResources<{ readonly properties?: { readonly roleDefinitionId?: string } }>(
    workspace,
    {
      action: "list the roles of the compute's identity",
      below: account,
      path: ASSIGNMENTS,
      query: { "api-version": ASSIGNMENTS_VERSION, "$filter": `assignedTo('${principal}')` },
    },
  );
  for await (const { properties } of assigned) {
    if (properties?.roleDefinitionId?.endsWith(`/${BLOB_ROLE_ID}`)) return true;
  }
  return false;
}

/**
 * Lets an identity read and write the blobs of a storage account. Its name is derived from both, so assigning it again
 * changes nothing.
 *
 * @param account ARM id of the storage account.
 * @throws {UserError} `azure.*`, such as `azure.forbidden` for an account that may not assign roles; `network.*`.
 */
export async function assignBlobRole(
  workspace: Workspace,
  account: string,
  principal: string,
): Promise<void> {
  const name = uuidForm(shortHash(`${account.toLowerCase()} ${principal}`, 32));
  const [, , subscription] = account.split("/");
  try {
    await workspace.send({
      action: `let identity ${principal} read and write blobs`,
      method: "PUT",
      below: account,
      path: `${ASSIGNMENTS}/${name}`,
      query: { "api-version": ASSIGNMENTS_VERSION },
      body: {
        properties: {
          roleDefinitionId:
            `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${BLOB_ROLE_ID}`,
          principalId: principal,
          // With the type, Azure need not look the identity up, which fails for minutes after it was created.
          principalType: "ServicePrincipal",
        },
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.data.azureCode !== "RoleAssignmentExists") throw thrown;
  }
}
