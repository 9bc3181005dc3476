import { type AzureProblem, type AzureRefusal, workspaceScope } from "./read.ts";
import { auth, type KnownRefusal, rejected } from "./known.ts";
import { STORAGE_REFUSALS } from "./storage_table.ts";
import { roleCommand, WORKSPACE_ROLE } from "./roles.ts";

const ARM_ERRORS =
  "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors";

/** Every refusal for want of a right, or of a way, that is known; the first that fits counts. */
export const KNOWN_REFUSALS: readonly KnownRefusal[] = [
  {
    is: "InvalidAuthenticationTokenTenant",
    read: "https://github.com/Azure/azure-sdk-for-net/issues/49391",
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
    read: "https://github.com/hashicorp/go-azure-helpers/issues/51",
    means: () =>
      auth(
        "wrong_audience",
        "the token is for another cloud",
        "Set AZUREML_CURRENT_CLOUD to the cloud of the workspace, and sign in to that one",
      ),
  },
  {
    is: "ExpiredAuthenticationToken",
    read: "https://github.com/microsoft/vscode-azureappservice/issues/2483",
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
  ...STORAGE_REFUSALS,
];

/** The known refusal that fits what Azure said. */
export function findKnownRefusal(azure: AzureProblem): KnownRefusal | undefined {
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
function rightTenant({ header }: AzureRefusal, azure: AzureProblem): string | undefined {
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
