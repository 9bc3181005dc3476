import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { BLOB_ROLE } from "./roles.ts";

/** Where a step ran. */
export interface RanOn {
  /** Name of its compute; `undefined` for one that nobody named, such as serverless. */
  readonly compute: string | undefined;
  readonly workspace: Pick<WorkspaceConfig, "name" | "resource_group">;
}

/**
 * Says what to do about a step that had no access to something: it runs with the compute's identity, which is not that
 * of whoever submitted it.
 *
 * @param said What is known of its failure: Azure's message, the end of its log.
 * @returns `undefined` where the failure is of another kind.
 */
export function runAdvice(said: string, where: RanOn): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(said))?.[1](where);
}

const compute = (name: string, { workspace, compute: found }: RanOn) =>
  `az ml compute ${name} --name ${found ?? "<compute>"} --resource-group ${workspace.resource_group} ` +
  `--workspace-name ${workspace.name}`;

/** The identity that the compute has, as a shell puts it in. */
const principal = (where: RanOn) => `"$(${compute("show", where)} --query identity.principal_id -o tsv)"`;

/**
 * What a step that had no access says. Azure's codes as in
 * https://github.com/MicrosoftDocs/azure-docs/issues/120843, those of storage as in
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.
 */
const ADVICE: readonly (readonly [RegExp, (where: RanOn) => string])[] = [
  [
    /AuthorizationPermissionMismatch|perform this operation using this permission|StreamAccess\.Authentication|WriteStreams\.Authentication/,
    (where) =>
      "The step's own identity, the compute's and not yours, has no role for the blobs; have an owner run " +
      `\`az role assignment create --assignee ${principal(where)} --role "${BLOB_ROLE}" ` +
      "--scope <id of the storage account>`",
  ],
  [
    /KeyBasedAuthenticationNotPermitted/,
    () =>
      "The datastore has an account key, and the storage account takes none; make the datastore anew without " +
      "credentials, so that the compute's identity counts",
  ],
  [
    /AuthorizationFailure|not authorized to perform this operation\./,
    () =>
      "The storage account does not take requests from the compute's network; have its firewall allow that, or a private " +
      "endpoint lead there",
  ],
  [
    /CredentialUnavailableError|ManagedIdentityCredential authentication unavailable|DefaultAzureCredential failed/,
    (where) =>
      `The compute has no identity to sign in with; have an owner run \`${
        compute("update", where)
      } --identity-type SystemAssigned\`, and give that identity its roles`,
  ],
  [
    /(pull|image).*(unauthorized|denied|authentication required)/i,
    (where) =>
      "The compute may not pull the environment's image; have an owner run " +
      `\`az role assignment create --assignee ${
        principal(where)
      } --role AcrPull --scope <id of the registry>\``,
  ],
];
