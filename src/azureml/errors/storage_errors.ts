import { accountOf, auth, type AzureProblem, type KnownRefusal, rejected } from "./problem.ts";
import { BLOB_ROLE, syncKeysLine } from "./roles.ts";

const BLOB_ERRORS = "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";
const BLOB_403 =
  "https://learn.microsoft.com/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors";

/** The refusals of blob storage that this program explains; the first match is used. */
export const STORAGE_REFUSALS: readonly KnownRefusal[] = [
  {
    is:
      /^AuthorizationPermissionMismatch$|operation using this permission|permission to alter this storage account/,
    read: BLOB_403,
    means: ({ refusal }) => {
      const account = accountOf(refusal);
      return auth(
        // azure.blob_role: Your identity lacks a role at the storage account. Ask for Storage Blob Data
        //   Contributor.
        "azure.blob_role",
        `your identity has no role for the blobs${
          account === undefined ? "" : ` of storage account "${account}"`
        }`,
        `Ask an owner to assign "${BLOB_ROLE}"; \`kedro-azureml auth status\` prints the command. Steps use the compute's ` +
          "identity instead",
      );
    },
  },
  {
    is: "AccountIsDisabled",
    read: BLOB_ERRORS,
    means: ({ refusal }) =>
      rejected(
        "azure.storage_disabled",
        accountOf(refusal) === undefined
          ? "the storage account is disabled"
          : `storage account "${accountOf(refusal)}" is disabled`,
        "Ask its owner to enable it, or its subscription, in the Azure portal",
      ),
  },
  {
    is: /^KeyBasedAuthenticationNotPermitted$|key[- ]based authentication is not permitted/i,
    read: "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
    means: () =>
      auth(
        "azure.key_access",
        "the workspace's storage account does not accept SAS tokens: key access is disabled",
        `Ask its owner to allow key access, or to assign "${BLOB_ROLE}" to your identity, whose own token is then used`,
      ),
  },
  {
    is: /^AuthorizationFailure$|not authorized to perform this operation\./,
    read: BLOB_403,
    means: () =>
      auth(
        // azure.storage_firewall: The storage account's firewall blocks this machine. Connect to an allowed
        //   network.
        "azure.storage_firewall",
        "the firewall of the workspace's storage account blocks this machine",
        "Run the command in a network that the storage account allows, or ask its owner to allow this one; " +
          "`kedro-azureml doctor` shows what its name resolves to",
      ),
  },
  {
    is: /not valid in the specified time frame/,
    read: BLOB_403,
    means: ({ azure }) =>
      auth(
        "azure.sas_expired",
        `the SAS token is not valid at this time${validity(azure)}`,
        "Run the command again to get a new one; if that does not help, check this machine's clock",
      ),
  },
  {
    is: "AuthenticationFailed",
    read: BLOB_ERRORS,
    means: ({ refusal: { status, workspace } }) =>
      status === 401
        ? auth(
          "azure.unauthorized",
          "Azure does not accept the token",
          "Run `kedro-azureml auth status`, then sign in again",
        )
        : auth(
          "azure.sas",
          "the storage account does not accept the SAS token from Azure ML; its keys may have been rotated",
          `Run the command again; if that does not help, run \`${
            syncKeysLine(workspace)
          }\` and check this machine's clock`,
        ),
  },
  {
    is: /^(InvalidAuthenticationInfo|NoAuthenticationInformation)$/,
    read: BLOB_ERRORS,
    means: () =>
      auth(
        "azure.storage_token",
        "the storage account does not accept the token",
        "Run `kedro-azureml auth status`, then sign in to the tenant of the storage account",
      ),
  },
];

function validity({ detail = "" }: AzureProblem): string {
  const [, expiry, current] = /Expiry \[([^\]]*)\].*Current \[([^\]]*)\]/.exec(detail) ?? [];
  return expiry === undefined ? "" : `: it expired at ${expiry}, and the storage's clock says ${current}`;
}
