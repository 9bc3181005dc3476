import { STABLE } from "../../core/net/api_versions.ts";
import { workspaceId } from "../../config/workspace.ts";
import {
  auth,
  type AzureProblem,
  innerCode,
  type KnownRefusal,
  lacksClaims,
  type RefusalMeaning,
  type Refused,
  rejected,
  tenantOf,
} from "./problem.ts";
import {
  azLine,
  buildComputeLine,
  diagnoseLine,
  roleCommand,
  WORKSPACE_ROLE,
  workspaceLine,
  workspaceOptions,
} from "./roles.ts";
import { STORAGE_REFUSALS } from "./storage_errors.ts";

/** Placeholder in a command for a tenant that Azure did not name. */
const TENANT = "<tenant of the subscription>";

const ARM_ERRORS =
  "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors";

/**
 * Says that the workspace does not exist: for requests to the workspace, and to what is below it. The second message is
 * in https://github.com/MicrosoftLearning/mslearn-azure-ml/pull/27.
 */
export const NO_WORKSPACE =
  /\bParentResourceNotFound\b|\bWorkspaceNotFound\b|^Workspace not found\b|Unable to find workspace:|Resource '[^']*\/workspaces\/[^\/']+' under resource group/;

const OF_API_VERSION =
  /^(NoRegisteredProviderFound|InvalidApiVersionParameter|UnsupportedApiVersion|InvalidResourceType)$/;

/** The api-version to use in place of one that a cloud does not have; `undefined` for other refusals. */
export function supportedVersion({ code = "", message = "" }: AzureProblem): string | undefined {
  if (!OF_API_VERSION.test(code) || !/api[- ]?version/i.test(message)) return undefined;
  const named = quoted({ message }, /supported (?:api-)?versions are '([^']+)'/)?.split(/,\s*/) ?? [STABLE];
  return named.includes(STABLE)
    ? STABLE
    : named.filter((one) => !/preview/.test(one)).sort().at(-1) ?? named.at(-1);
}

/** The refusals that this program explains; the first match is used. */
export const KNOWN_REFUSALS: readonly KnownRefusal[] = [
  {
    // Must precede the code that comes with it: RequestDisallowedByPolicy, for writes without multi-factor
    // authentication.
    is: /^/,
    and: ({ refusal }) => lacksClaims(refusal.header),
    read: "https://github.com/Azure/azure-cli/issues/31699",
    means: () =>
      auth(
        "azure.claims",
        "Azure requires a stronger sign-in for this request, such as multi-factor authentication",
        "Run `kedro-azureml auth login` or `az login`, complete the prompt, and run the command again",
      ),
  },
  {
    is: /^InvalidAuthenticationTokenTenant$|access token is from the wrong issuer/,
    read: "https://github.com/Azure/azure-sdk-for-net/issues/49391",
    means: ({ refusal, azure }) => {
      const tenant = tenantOf(refusal.header, azure);
      return auth(
        "azure.wrong_tenant",
        `the token is for a different tenant than the subscription's${
          tenant === undefined ? "" : `, "${tenant}"`
        }`,
        `Sign in to that tenant with \`kedro-azureml auth login --tenant ${tenant ?? TENANT}\` or ` +
          `\`az login --tenant ${tenant ?? TENANT}\`; a service principal needs AZURE_TENANT_ID`,
      );
    },
  },
  {
    is: /^InvalidAuthenticationTokenAudience$|obtained for wrong audience/,
    read: "https://github.com/hashicorp/go-azure-helpers/issues/51",
    means: () =>
      auth(
        "azure.wrong_audience",
        "the token is for another cloud",
        "Set AZUREML_CURRENT_CLOUD to the cloud of the workspace, and sign in to that cloud",
      ),
  },
  {
    is: /^ExpiredAuthenticationToken$|access token (?:expiry UTC time|has expired|is expired)/,
    read: "https://github.com/microsoft/vscode-azureappservice/issues/2483",
    means: () =>
      auth(
        "azure.token_expired",
        "the token has expired",
        "Run the command again; if that does not help, sign in again",
      ),
  },
  {
    is: /^AuthorizationFailed$|does not have authorization to perform action/,
    read: "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    means: ({ refusal, azure }) => {
      const action = quoted(azure, /perform action '([^']+)'/);
      const scope = quoted(azure, /over scope '([^']+)'/);
      const isMl = action === undefined || /^Microsoft\.MachineLearningServices\//i.test(action);
      return auth(
        "azure.forbidden",
        `this identity has no role that allows ${action ?? "it"}`,
        `Ask an owner to run \`${
          roleCommand({
            role: isMl ? WORKSPACE_ROLE : "Contributor",
            scope: isMl ? workspaceId(refusal.workspace) : scope ?? workspaceId(refusal.workspace),
            assignee: assignee(azure),
          })
        }\`; a new role takes some minutes to apply`,
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
        "azure.linked_forbidden",
        `this identity has no role that allows ${action ?? "what this needs"} on ${
          scope ?? "a linked resource"
        }`,
        `Ask an owner of that resource to run \`${
          roleCommand({
            role: linkedRole(action),
            scope: scope ?? "<id of that resource>",
            assignee: assignee(azure),
          })
        }\``,
      );
    },
  },
  {
    is:
      /Client address is not authorized|Caller is not authorized to perform action|Datastore's secret is not found|does not have secrets \w+ permission|not from a trusted service/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1046",
    means: () =>
      auth(
        "azure.key_vault",
        "Azure ML cannot read a secret in the workspace's key vault",
        "Ask its owner to give the workspace's identity access to secrets, and to let trusted Microsoft services through " +
          "its firewall",
      ),
  },
  {
    is:
      /private link configuration|(?:designated|approved) private (?:link|endpoint)|Public ?(?:Network ?)?Access ?(?:is |has been )?(?:Disabled|Denied)/i,
    read: "https://github.com/Azure/azure-cli-extensions/issues/6294",
    means: () =>
      auth(
        "azure.private_only",
        "the workspace only accepts requests from its private network, and this one came from outside",
        "Connect to that network (VPN, jump host) and run `kedro-azureml doctor`, which checks whether the workspace's " +
          "name resolves to its private address",
      ),
  },
  {
    is:
      /^ClusterMinNodesExceedCoreQuota$|vCPU quota of \d|\bOutOfQuota\b|(?:[Nn]ot (?:have )?enough|[Ii]nsufficient) (?:\w+ ){0,3}quota\b|exceeding quota limits of Core/,
    read: "https://github.com/ansible-collections/azure/pull/2209",
    means: ({ azure }) =>
      quoted(azure, /\b(total) vCPU quota\b/) === undefined
        ? rejected(
          // azure.quota: The subscription's quota is too small for the cluster. Choose another machine type or
          //   region, or request quota in Azure ML studio.
          "azure.quota",
          "the subscription's quota is too small for this machine type",
          "Choose another with `kedro-azureml setup --vm-size SIZE`, or request quota in Azure ML studio",
        )
        : rejected(
          "azure.quota",
          "the subscription's quota for all machine types of this region is too small",
          "Request quota in Azure ML studio, or use a workspace in another region; new and student subscriptions have none in some",
        ),
  },
  {
    is: /exceeding quota limits of (?:Microsoft\.Batch|Cluster)/i,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/613",
    means: () =>
      rejected(
        "azure.quota",
        "the subscription has as many clusters in this region as it may have",
        "Delete one that is not used (`az ml compute list` lists those of a workspace), or request quota in Azure ML studio",
      ),
  },
  {
    is: /exceeding approved [\w ]+ quota/,
    read: "https://github.com/scylladb/scylla-cluster-tests/issues/4994",
    means: ({ azure }) => {
      const which = quoted(azure, /exceeding approved ([\w ]+) quota/);
      return rejected(
        "azure.quota",
        `the subscription's quota is too small${which === undefined ? "" : `: ${which}`}`,
        "Request quota in Azure ML studio, or use a workspace in another region",
      );
    },
  },
  {
    is: /^SubnetIsFull$|does not have enough capacity for \d+ IP addresses/,
    read: "https://github.com/MicrosoftDocs/azure-docs/issues/88211",
    means: () =>
      rejected(
        // azure.subnet_full: The subnet of the cluster has no free addresses. Use a larger one, or fewer nodes.
        "azure.subnet_full",
        "the subnet has no free addresses, of which each node of a cluster takes one",
        "Ask for a larger subnet, or make a smaller cluster with `kedro-azureml setup --max-nodes N`",
      ),
  },
  {
    is: /^\w*AllocationFailed$|^OverconstrainedAllocationRequest$|not have (?:sufficient|enough) capacity/,
    read: "https://learn.microsoft.com/troubleshoot/azure/virtual-machines/windows/allocation-failure",
    means: () =>
      rejected(
        // azure.capacity: Azure has no free machines of this type in the region. Try again later, or choose another type.
        "azure.capacity",
        "Azure has no free machines of this type in the region now",
        "Try again later, or choose another type with `kedro-azureml setup --vm-size SIZE`",
      ),
  },
  {
    is: /^(?:ResourceNotReady|AnotherOperationInProgress)$/,
    read: ARM_ERRORS,
    means: () =>
      rejected(
        "azure.conflict",
        "something that it uses is still being created or changed",
        "Try again in some minutes",
      ),
  },
  {
    is: /Soft-deleted workspace exists/,
    read: "https://github.com/Azure/ResourceModules/issues/3596",
    means: ({ refusal: { workspace } }) =>
      rejected(
        // azure.soft_deleted: A workspace of this name was deleted, which can be undone for 14 days. Recover or purge it.
        "azure.soft_deleted",
        `workspace "${workspace.name}" was deleted, and its name is kept for 14 days`,
        "Recover it in the Azure portal (Azure Machine Learning > Recently deleted), or delete it there for good",
      ),
  },
  {
    is:
      /^SkuNotAvailable$|requested VM size \S+ is not (?:available|supported)|not a supported VM size|requested size for resource '[^']*' is currently not available/i,
    read: "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available",
    means: () =>
      rejected(
        "azure.vm_size",
        "the workspace's region does not offer this machine type to the subscription",
        "Choose another with `kedro-azureml setup --vm-size SIZE`; `az ml compute list-sizes` lists them",
      ),
  },
  {
    is: /^StorageAuthError$|Received 403 from a service request/,
    read: "https://github.com/Azure/azureml-previews/issues/181",
    means: ({ refusal: { workspace } }) =>
      rejected(
        // azure.workspace_storage: A service of Azure ML was refused access to the workspace's storage account or the
        //   like. Run `az ml workspace diagnose`.
        "azure.workspace_storage",
        "Azure ML was refused access to what the workspace uses, such as its storage account",
        `Run \`${
          diagnoseLine(workspace)
        }\`, which says to what; its owner has to give the workspace's identity a role, and ` +
          "to let trusted Microsoft services through its firewall",
      ),
  },
  {
    is: /ImageBuildComputeNotValid|^TasksOperationsNotAllowed$/,
    read: "https://github.com/Azure/terraform-azurerm-avm-res-machinelearningservices-workspace/pull/45",
    means: ({ refusal: { workspace } }) =>
      rejected(
        // azure.image_build: The workspace's registry may not build images. Ask an owner to choose a cluster that
        //   builds them.
        "azure.image_build",
        "the workspace's registry may not build images",
        `Ask an owner to choose a cluster that builds them, with \`${
          buildComputeLine(workspace, "<compute>")
        }\``,
      ),
  },
  {
    is: /Could not find datastore/,
    read: "https://github.com/Azure/azureml-examples/issues/2941",
    means: ({ refusal: { workspace }, azure }) =>
      rejected(
        "azure.not_found",
        `datastore "${
          quoted(azure, /Could not find datastore:? '?([\w-]+)/) ?? "<datastore>"
        }" not found in workspace "${workspace.name}"`,
        `Correct it in azureml.yml and in the catalog; \`${
          azLine("datastore list", workspaceOptions(workspace))
        }\` lists those that exist`,
      ),
  },
  {
    is:
      /^RequestDisallowedByAzure$|disallowed by Azure|^LocationNotAvailable|restricted (?:from provisioning )?in this region/,
    read: "https://github.com/Azure/azure-cli/issues/32567",
    means: () =>
      rejected(
        "azure.region",
        "the subscription may not create resources in this region",
        "Use a workspace in another region, or ask Azure support to allow this one; in the Azure portal, Policy > " +
          "Assignments shows the regions that are allowed",
      ),
  },
  {
    is: OF_API_VERSION,
    and: ({ refusal, azure }) =>
      refusal.versionVariable !== undefined && supportedVersion(azure) !== undefined,
    read: "https://github.com/Azure/azure-sdk-for-go/issues/19736",
    means: ({ refusal, azure }) =>
      rejected(
        "azure.api_version",
        "this cloud does not have the api-version of the request",
        `Set ${refusal.versionVariable}=${supportedVersion(azure)}`,
      ),
  },
  {
    is: /^RequestDisallowedByPolicy$|disallowed by policy/,
    read:
      "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy",
    means: ({ azure }) => {
      const names = policies(azure);
      return rejected(
        "azure.policy",
        `a policy of the subscription forbids it${names.length === 0 ? "" : `: ${names.join(", ")}`}`,
        `Ask the owner of the policy for an exemption, or change what the policy forbids; \`az policy assignment list\` lists the policies`,
      );
    },
  },
  {
    is: /^(SubscriptionNotFound|InvalidSubscriptionId)$|^The subscription '[^']*' could not be found/,
    read: ARM_ERRORS,
    means: ({ refusal: { workspace: { subscription_id: id } }, azure }) =>
      rejected(
        "azure.not_found",
        azure.code === "InvalidSubscriptionId"
          ? `"${id}" is not a subscription id`
          : `subscription "${id}" not found, or this identity has no access to it`,
        "Change `workspace.*.subscription_id` in azureml.yml, or sign in to the subscription's tenant; " +
          "`az account list --all` lists your subscriptions and their tenants",
      ),
  },
  {
    is: /^ResourceGroupNotFound$|^Resource group '[^']*' could not be found/,
    read: ARM_ERRORS,
    means: ({ refusal: { workspace } }) =>
      rejected(
        "azure.not_found",
        `resource group "${workspace.resource_group}" not found`,
        "Change `workspace.*.resource_group` in azureml.yml",
      ),
  },
  {
    is: NO_WORKSPACE,
    read: ARM_ERRORS,
    means: ({ refusal: { workspace } }) =>
      rejected(
        "azure.not_found",
        `workspace "${workspace.name}" not found in resource group "${workspace.resource_group}"`,
        "Change `workspace` in azureml.yml (`az ml workspace list` lists workspaces), or create it: " +
          `\`${
            workspaceLine(workspace)
          }\`. One that was deleted can be recovered for 14 days, in the Azure portal`,
      ),
  },
  {
    is: /Not found component (\S+) \(version: ([^)]+)\)/,
    read: "https://github.com/Azure/azure-sdk-assets",
    means: ({ refusal: { workspace }, azure }) => {
      const [, name, version] = /Not found component (\S+) \(version: ([^)]+)\)/.exec(azure.message ?? "") ??
        [];
      return rejected(
        "azure.not_found",
        `component "${name}:${version}" not found in workspace "${workspace.name}"`,
        "Submit the job again from its project, which registers its components",
      );
    },
  },
  {
    is: /^UnknownTargetType$|^Unknown compute target|^Compute(?:Target)?NotFound\b/,
    read: "https://github.com/Azure/azure-sdk-assets",
    means: ({ refusal: { workspace }, azure }) =>
      rejected(
        "azure.no_compute",
        `compute "${
          quoted(azure, /target '([^']+)'/) ?? "<compute>"
        }" not found in workspace "${workspace.name}"`,
        "Change `compute` in azureml.yml, or create it",
      ),
  },
  {
    is: /^(MissingSubscriptionRegistration|SubscriptionNotRegistered)$|not registered to use namespace/,
    read: ARM_ERRORS,
    means: () =>
      rejected(
        "azure.not_registered",
        "the subscription is not registered for Azure Machine Learning",
        "Ask an owner to run `az provider register --namespace Microsoft.MachineLearningServices`",
      ),
  },
  {
    is: /^(DisabledSubscription|ReadOnlyDisabledSubscription|SubscriptionDisabled)$/,
    read: ARM_ERRORS,
    means: ({ refusal }) =>
      rejected(
        "azure.subscription_disabled",
        `subscription "${refusal.workspace.subscription_id}" is disabled and read-only`,
        "Ask its owner to enable it in the Azure portal",
      ),
  },
  {
    is: /^ScopeLocked$|following scope\(s\) are locked/,
    read: "https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
    means: () =>
      rejected(
        "azure.locked",
        "a resource lock forbids it",
        "Ask an owner to remove it; `az lock list` lists the locks",
      ),
  },
  ...STORAGE_REFUSALS,
];

export function explainKnown({ refusal, azure }: Refused): RefusalMeaning | undefined {
  for (const problem of withCauses(azure)) {
    const codes = [problem.code, innerCode(problem)].filter((code) => code !== undefined);
    const words = [...codes, problem.message ?? "", problem.detail ?? ""];
    const refused = { refusal, azure: problem };
    const known = KNOWN_REFUSALS.find(({ is, and }) =>
      (typeof is === "string" ? codes.includes(is) : words.some((word) => is.test(word))) &&
      (and?.(refused) ?? true)
    );
    if (known !== undefined) return known.means(refused);
  }
  return undefined;
}

function withCauses(azure: AzureProblem): readonly AzureProblem[] {
  return [azure, ...(azure.details ?? []).flatMap(withCauses)];
}

function quoted({ message = "" }: AzureProblem, pattern: RegExp): string | undefined {
  return pattern.exec(message)?.[1];
}

/** Object id of the identity, from Azure's message. */
function assignee(azure: AzureProblem): string | undefined {
  return quoted(azure, /object id '([0-9a-f-]{36})'/);
}

/** The least role for an action on what a compute uses: an identity of its own, a subnet, or else. */
function linkedRole(action = ""): string {
  if (action.startsWith("Microsoft.ManagedIdentity/")) return "Managed Identity Operator";
  return action.startsWith("Microsoft.Network/") ? "Network Contributor" : "Contributor";
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
