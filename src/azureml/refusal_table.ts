import { ExitCode } from "../errors.ts";
import { accountOf, type AzureProblem, type Refusal, workspaceScope } from "./refusal.ts";
import { BLOB_ROLE, roleCommand, WORKSPACE_ROLE } from "./roles.ts";

/** What one refusal of Azure means for who is here, and what to do. */
export interface Meaning {
  /** Code of our own error. */
  readonly code: string;
  readonly exit: ExitCode;
  readonly problem: string;
  readonly hint: string;
}

/** A refusal and what Azure said in it. */
export interface Refused {
  readonly refusal: Refusal;
  readonly azure: AzureProblem;
}

/** One refusal that is known. */
export interface Known {
  /** Azure's code, or what its message has. */
  readonly is: string | RegExp;
  /** Where Azure's words were read. */
  readonly read: string;
  readonly means: (refused: Refused) => Meaning;
}

const ARM_ERRORS =
  "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors";
const ARM_401 =
  "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-authentication-token";
const BLOB_ERRORS = "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";
const BLOB_403 =
  "https://learn.microsoft.com/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors";

const auth = (code: string, problem: string, hint: string): Meaning => ({
  code: `azure.${code}`,
  exit: ExitCode.Auth,
  problem,
  hint,
});
const rejected = (code: string, problem: string, hint: string): Meaning => ({
  ...auth(code, problem, hint),
  exit: ExitCode.Rejected,
});

/** Every refusal for want of a right, or of a way, that is known; the first that fits counts. */
export const KNOWN_REFUSALS: readonly Known[] = [
  {
    is: "InvalidAuthenticationTokenTenant",
    read: ARM_401,
    means: ({ refusal, azure }) => {
      const tenant = rightTenant(refusal, azure);
      return auth(
        "wrong_tenant",
        `the token is of another tenant than the subscription's${
          tenant === undefined ? "" : `, which is "${tenant}"`
        }`,
        `Run \`az login --tenant ${tenant ?? "<tenant of the subscription>"}\`, or set AZURE_TENANT_ID to it`,
      );
    },
  },
  {
    is: "InvalidAuthenticationTokenAudience",
    read: ARM_401,
    means: () =>
      auth(
        "wrong_audience",
        "the token is for another cloud",
        "Set AZUREML_CURRENT_CLOUD to the cloud of the workspace, and sign in to that one",
      ),
  },
  {
    is: "ExpiredAuthenticationToken",
    read: ARM_401,
    means: () =>
      auth("token_expired", "the token has expired", "Run the command again; if it stays so, sign in again"),
  },
  {
    is: "AuthorizationFailed",
    read: "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    means: ({ refusal, azure }) => {
      const action = quoted(azure, /perform action '([^']+)'/);
      const scope = quoted(azure, /over scope '([^']+)'/);
      const isMl = action === undefined || /^Microsoft\.MachineLearningServices\//i.test(action);
      return auth(
        "forbidden",
        `this identity has no role for ${action ?? "it"}`,
        `Have an owner run \`${
          roleCommand({
            role: isMl ? WORKSPACE_ROLE : "Contributor",
            scope: isMl ? workspaceScope(refusal) : scope ?? workspaceScope(refusal),
            assignee: assignee(azure),
          })
        }\`; a role given just now takes some minutes`,
      );
    },
  },
  {
    is: "LinkedAuthorizationFailed",
    read: "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    means: ({ azure }) => {
      const action = quoted(azure, /perform action(?:\(s\))? '([^']+)' on the linked scope/);
      const scope = quoted(azure, /linked scope(?:\(s\))? '([^']+)'/);
      return auth(
        "linked_forbidden",
        `this identity may do it, but not ${action ?? "what it needs"} on ${
          scope ?? "another resource that it names"
        }`,
        `Have an owner of that resource run \`${
          roleCommand({
            role: "Contributor",
            scope: scope ?? "<id of that resource>",
            assignee: assignee(azure),
          })
        }\``,
      );
    },
  },
  {
    is:
      /private link configuration|designated private link|PublicNetworkAccess(Disabled|Denied)|PublicAccessDisabled/i,
    read: "https://github.com/Azure/azure-cli-extensions/issues/6294",
    means: () =>
      auth(
        "private_only",
        "the workspace takes requests from its private network only, and this one came from outside",
        "Connect to that network (VPN, jump host), and run `kedro-azureml doctor`: it tells whether the workspace's " +
          "name leads to its private address",
      ),
  },
  {
    is: "RequestDisallowedByPolicy",
    read:
      "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy",
    means: ({ azure }) => {
      const names = policies(azure);
      return rejected(
        "policy",
        `a policy of the subscription forbids it${names.length === 0 ? "" : `: ${names.join(", ")}`}`,
        `Have who owns the policy allow it, or change what it names; \`az policy assignment list\` shows the policies`,
      );
    },
  },
  {
    is: /^(SubscriptionNotFound|InvalidSubscriptionId)$/,
    read: ARM_ERRORS,
    means: ({ refusal: { workspace: { subscription_id: id } }, azure }) =>
      rejected(
        "not_found",
        azure.code === "InvalidSubscriptionId"
          ? `"${id}" is no subscription's id`
          : `this identity sees no subscription "${id}"`,
        "Change `workspace.*.subscription_id` in azureml.yml, or sign in to the subscription's tenant; " +
          "`az account list --all` shows both",
      ),
  },
  {
    is: "ResourceGroupNotFound",
    read: ARM_ERRORS,
    means: ({ refusal: { workspace } }) =>
      rejected(
        "not_found",
        `there is no resource group "${workspace.resource_group}"`,
        "Change `workspace.*.resource_group` in azureml.yml",
      ),
  },
  {
    is: /^(MissingSubscriptionRegistration|SubscriptionNotRegistered)$/,
    read: ARM_ERRORS,
    means: () =>
      rejected(
        "not_registered",
        "the subscription does not use this service of Azure yet",
        "Have an owner run `az provider register --namespace Microsoft.MachineLearningServices`",
      ),
  },
  {
    is: /^(DisabledSubscription|ReadOnlyDisabledSubscription|SubscriptionDisabled)$/,
    read: ARM_ERRORS,
    means: ({ refusal }) =>
      rejected(
        "subscription_disabled",
        `subscription "${refusal.workspace.subscription_id}" is disabled, and can only be read`,
        "Have its owner enable it again in the Azure portal",
      ),
  },
  {
    is: "ScopeLocked",
    read: "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    means: () =>
      rejected("locked", "a lock forbids it", "Have an owner remove it; `az lock list` shows the locks"),
  },
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

/** The known refusal that fits what Azure said. */
export function findKnown(azure: AzureProblem): Known | undefined {
  const words = [azure.code ?? "", azure.message ?? "", azure.detail ?? ""];
  return KNOWN_REFUSALS.find(({ is }) =>
    typeof is === "string" ? is === azure.code : words.some((word) => is.test(word))
  );
}

function quoted({ message = "" }: AzureProblem, pattern: RegExp): string | undefined {
  return pattern.exec(message)?.[1];
}

/** The identity, which Azure names in what it says. */
function assignee(azure: AzureProblem): string | undefined {
  return quoted(azure, /object id '([0-9a-f-]{36})'/);
}

/** In Azure's words the second of two issuers, and in the header that says where to sign in. */
function rightTenant({ header }: Refusal, azure: AzureProblem): string | undefined {
  return quoted(azure, /must match (?:the tenant|one of the tenants) '?https:\/\/[^/]+\/([^/',]+)/) ??
    /authorization_uri="?https:\/\/[^/]+\/([^/",]+)/.exec(header("www-authenticate") ?? "")?.[1];
}

function policies({ additionalInfo = [], message = "" }: AzureProblem): readonly string[] {
  const infos = additionalInfo.map(({ info }) => info as Record<string, unknown> | undefined);
  const named = infos.flatMap((info) =>
    [info?.policyAssignmentDisplayName ?? info?.policyAssignmentName ?? info?.policyDefinitionDisplayName]
      .filter((name) => typeof name === "string" && name !== "")
  ) as string[];
  const written = [...message.matchAll(/"policyAssignment":\{"name":"([^"]+)"/g)].map(([, name]) => name!);
  return [...new Set(named.length > 0 ? named : written)];
}

function validity({ detail = "" }: AzureProblem): string {
  const [, expiry, current] = /Expiry \[([^\]]*)\].*Current \[([^\]]*)\]/.exec(detail) ?? [];
  return expiry === undefined ? "" : `: it ended at ${expiry}, and the storage's clock says ${current}`;
}
