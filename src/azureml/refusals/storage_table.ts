import { accountOf, type AzureProblem } from "./read.ts";
import { auth, type KnownRefusal, rejected } from "./known.ts";
import { BLOB_ROLE } from "./roles.ts";

const BLOB_ERRORS = "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";
const BLOB_403 =
  "https://learn.microsoft.com/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors";

/** What blob storage refuses, by the first that fits. */
export const STORAGE_REFUSALS: readonly KnownRefusal[] = [
  {
    is: "AuthorizationPermissionMismatch",
    read: BLOB_403,
    means: ({ refusal }) => {
      const account = accountOf(refusal);
      return auth(
        "blob_role",
        `your own identity has no role for the blobs${
          account === undefined ? "" : ` of storage account "${account}"`
        }`,
        `Have an owner give it "${BLOB_ROLE}"; \`kedro-azureml auth status\` prints the line. The compute's identity, ` +
          "with which steps read and write, is another",
      );
    },
  },
  {
    is: "AccountIsDisabled",
    read: BLOB_ERRORS,
    means: ({ refusal }) =>
      rejected(
        "storage_disabled",
        accountOf(refusal) === undefined
          ? "the storage account is disabled"
          : `storage account "${accountOf(refusal)}" is disabled`,
        "Have its owner enable it, or its subscription, in the Azure portal",
      ),
  },
  {
    is: "KeyBasedAuthenticationNotPermitted",
    read: "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
    means: () =>
      auth(
        "key_access",
        "the storage of the workspace takes no SAS, as its account keys are switched off",
        "Have somebody allow key access on the workspace's storage account, or put the code into the environment and " +
          "set `execution.code_directory` to null",
      ),
  },
  {
    is: "AuthorizationFailure",
    read: BLOB_403,
    means: () =>
      auth(
        "storage_firewall",
        "the storage of the workspace does not take requests from this machine",
        "Run the command inside the network that the workspace's storage account allows, or have its firewall opened; " +
          "`kedro-azureml doctor` tells where its name leads",
      ),
  },
  {
    is: /not valid in the specified time frame/,
    read: BLOB_403,
    means: ({ azure }) =>
      auth(
        "sas_expired",
        `the SAS is not valid now${validity(azure)}`,
        "Run the command again, which gets a new one; if it stays so, set this machine's clock",
      ),
  },
  {
    is: "AuthenticationFailed",
    read: BLOB_ERRORS,
    means: ({ refusal: { status } }) =>
      status === 401
        ? auth(
          "unauthorized",
          "Azure does not accept the token",
          "Run `kedro-azureml auth status`; sign in again",
        )
        : auth(
          "sas",
          "the storage does not take the SAS that Azure ML gave: its account keys were changed, perhaps",
          "Run the command again; if it stays so, run `az ml workspace sync-keys` and look at this machine's clock",
        ),
  },
  {
    is: /^(InvalidAuthenticationInfo|NoAuthenticationInformation)$/,
    read: BLOB_ERRORS,
    means: () =>
      auth(
        "storage_token",
        "the storage does not take the token",
        "Run `kedro-azureml auth status`; sign in in the tenant of the storage account",
      ),
  },
];

function validity({ detail = "" }: AzureProblem): string {
  const [, expiry, current] = /Expiry \[([^\]]*)\].*Current \[([^\]]*)\]/.exec(detail) ?? [];
  return expiry === undefined ? "" : `: it ended at ${expiry}, and the storage's clock says ${current}`;
}
