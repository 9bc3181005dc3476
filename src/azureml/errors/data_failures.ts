import { askOwner, computeLine, identity, type KnownFailure, type RanOn, UNKNOWN } from "./failure.ts";
import {
  azLine,
  BLOB_ROLE,
  identityLine,
  roleCommand,
  syncKeysLine,
  WORKSPACE_ROLE,
  workspaceOptions,
  workspacePrincipalLine,
} from "./roles.ts";

const NO_SERVERLESS_IDENTITY =
  "Serverless compute has no managed identity; run the step on a cluster that has one";

const ownIdentityLine = ({ workspace, compute = UNKNOWN }: RanOn) => identityLine(workspace, compute);

const STORAGE_ERRORS = "https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";

/** Steps that failed because of data, the storage it is in, or the identity that reads it. */
export const DATA_FAILURES: readonly KnownFailure[] = [
  {
    is: /KeyBasedAuthenticationNotPermitted|key[- ]based authentication is not permitted/i,
    read: "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
    advice: (where) =>
      "The datastore uses an account key, but key access is disabled on the storage account; recreate the datastore without " +
      `credentials, so that ${identity(where)} is used`,
  },
  {
    is:
      /The requested identity has not been assigned to this resource|Identity not found|Multiple user assigned identities exist|No token received|No User Assigned or Delegated Managed Identity found/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/38826",
    advice: (where) =>
      where.compute === "serverless"
        ? NO_SERVERLESS_IDENTITY
        : "The step asks for a managed identity that the compute does not have, or for none of several. " +
          `\`${
            computeLine(where, "show", { query: "identity" })
          }\` shows those that it has; assign one with \`${
            computeLine(where, "update", {
              "identity-type": "UserAssigned",
              "user-assigned-identities": "<resource id>",
            })
          }\`, and select it with \`--env-var AZURE_CLIENT_ID=<client id>\``,
  },
  {
    is:
      /CredentialUnavailableError|ManagedIdentityCredential authentication unavailable|ManagedIdentityCredential: Unexpected content type|DefaultAzureCredential failed|NoIdentityOnCompute|identity-responder-not-enabled|Give either an account key or SAS token/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
    advice: (where) =>
      where.compute === "serverless"
        ? NO_SERVERLESS_IDENTITY
        : `The compute has no managed identity; ask an owner to run \`${
          ownIdentityLine(where)
        }\` and to assign it roles`,
  },
  {
    // A subprocess does not inherit the token that Azure ML gives MLflow.
    is: /ChainedTokenCredential failed to retrieve a token|Bearer token not provided/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/38705",
    advice: (where) =>
      "Code of the step asks Azure for a token and gets none, as in processes that it starts itself; log to MLflow in the " +
      `main process, or ${
        where.compute === "serverless"
          ? "run the step on a cluster that has a managed identity"
          : `ask an owner to run \`${ownIdentityLine(where)}\``
      }`,
  },
  {
    is:
      /Please run 'az login'|Performing interactive authentication|\/devicelogin\b|Failed to open a browser/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/28327",
    advice: (where) =>
      "Code of the step waits for a person to sign in, which nobody can do there; use `DefaultAzureCredential()`, which takes " +
      identity(where),
  },
  {
    is: /workspace msi failed to authenticate storage account/,
    read: "https://github.com/Azure/azureml-examples/issues/2501",
    advice: ({ workspace }, _found, said) => {
      const role = /grant ([\w ]+) role to workspace msi/.exec(said)?.[1] ?? "Storage Account Contributor";
      const assignee = workspacePrincipalLine(workspace);
      return "The datastore has no credentials, so Azure ML uses the workspace's own identity; ask an owner to run " +
        `\`${roleCommand({ role, scope: "<id of the storage account>", assignee })}\``;
    },
  },
  {
    is:
      /AuthorizationPermissionMismatch|perform this operation using this permission|permission to alter this storage account/,
    read: STORAGE_ERRORS,
    advice: (where) =>
      `The step uses ${identity(where)}, which has no role for the blobs; ` +
      askOwner(where, BLOB_ROLE, "storage account"),
  },
  {
    is:
      /AuthorizationFailure|not authorized to perform this operation\.|NetworkIsolationViolated|PrivateEndpointResolutionFailure|'Firewalls (?:&|and) virtual networks'/,
    read: STORAGE_ERRORS,
    advice:
      "The firewall of the storage account blocks the compute's network; allow that network, or add a private " +
      "endpoint",
  },
  {
    is:
      /(?:StreamAccess|WriteStreams)\.Authentication|(?:Access|Stream|Destination)Error\(PermissionDenied|permission denied when access stream|because the authorization failed|insufficient permission to access the storage|datastore credentials might not|'Storage Blob Data \w+' role/,
    read: "https://github.com/Azure/azureml-examples/issues/2994",
    advice: (where) =>
      "The step could not open the datastore. If the datastore uses an account key (`az ml datastore show` says so), allow " +
      "key access on the storage account, or recreate the datastore without credentials. Without a key, the step uses " +
      `${identity(where)}: ${askOwner(where, BLOB_ROLE, "storage account")}`,
  },
  {
    is:
      /Datastore's secret is not found|ForbiddenBy(?:Firewall|Rbac|Policy)|Client address is not authorized|does not have secrets \w+ permission|not from a trusted service/,
    read: "https://github.com/Azure/MachineLearningNotebooks/issues/1046",
    advice:
      "Azure ML cannot read the datastore's secret in the workspace's key vault; ask its owner to give the workspace's " +
      "identity access to secrets, and to let trusted Microsoft services through its firewall, or recreate the datastore",
  },
  {
    is: /does not have (?:authorization to perform action '|permissions for )([\w.\/]+)/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/39158",
    advice: (where, { 1: action = "" }, said) => {
      const role = action.startsWith("Microsoft.MachineLearningServices/")
        ? WORKSPACE_ROLE
        : action.endsWith("/read")
        ? "Reader"
        : "Contributor";
      const scope = / over scope '([^']+)'/.exec(said)?.[1] ?? "<scope>";
      const command = roleCommand({ role, scope, assignee: /object id '([\w-]+)'/.exec(said)?.[1] });
      return `Code of the step asks Azure for ${action}, and ${
        identity(where)
      } may not do that; ask an owner to run \`${command}\``;
    },
  },
  {
    is: /\b(?:BFS|AZF|Storage)MountError\b|Failed to mount storage/,
    read: "https://github.com/Azure/azure-storage-fuse/issues/862",
    advice:
      "The compute could not mount a datastore. Rerun the job with `--from-failed`; if that does not help, check that its " +
      "network reaches the storage account (port 445 for file shares), or use a cluster with a newer machine type",
  },
  {
    is: /Transport endpoint is not connected|\[Errno 5\] Input\/output error: '[^']*data-capability/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/32679",
    advice:
      "The connection to the datastore broke while the step used it; rerun the job with `--from-failed`. If it happens " +
      "again, the machine may lack memory or disk space for the files: use a larger machine type",
  },
  {
    is:
      /Could not find datastore:? '?([\w.-]+?)\.?'?(?:[).\s]|$)|[Dd]atastore (?:with name )?['"]([\w-]+)['"] (?:was not found|not found|does not exist)/,
    read: "https://github.com/Azure/azureml-examples/issues/2941",
    advice: ({ workspace }, { 1: one, 2: name = one }) =>
      `The workspace has no datastore "${name}"; \`${
        azLine("datastore list", workspaceOptions(workspace))
      }\` lists those that it has. Correct it in the paths that begin with azureml://datastores/${name}/, in the catalog ` +
      "and in azureml.yml",
  },
  {
    is:
      /StreamAccess\.NotFound|\b\w+Error\(NotFound\)|caused by NotFoundException|Found no resources for the input|Source of the dataset is either not accessible/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-debug-pipeline-failure",
    advice: ({ workspace }) =>
      "An input has no files. If another step makes it, that step wrote nothing to its output: where that dataset is in " +
      "the catalog, make it an AzureMLPipelineDataset, or remove it from the catalog; `kedro-azureml validate` names it. If " +
      `it is a data asset, compare its path (\`${
        azLine("data show", { name: "<data asset>", ...workspaceOptions(workspace) })
      }\`) with what is in the storage account`,
  },
  {
    is: /No such file or directory: '[^']*data-capability\/wd\/(INPUT_)?([^'/]+)[^']*'/,
    read: "https://github.com/MicrosoftLearning/mslearn-azure-ml/issues/12",
    advice: (_, { 1: isInput, 2: name }) =>
      isInput === undefined
        ? `The output "${name}" has no such folder; create it before writing, with \`Path(file).parent.mkdir(parents=True, ` +
          "exist_ok=True)`"
        : `The input "${name}" has no such file; compare the name, and the dataset's \`filepath\` in the catalog, with what ` +
          "the data asset or the step before has",
  },
  {
    is: /ErrorCode:AuthenticationFailed|Server failed to authenticate the request/,
    read: STORAGE_ERRORS,
    advice: ({ workspace }) =>
      "The storage account does not accept the key or SAS token that the code uses, for example because it was rotated; " +
      `renew it in the credentials or variables of the step. For the workspace's own account, run \`${
        syncKeysLine(workspace)
      }\``,
  },
  {
    is: /\b(?:ContainerNotFound|BlobNotFound)\b|specified (container|blob) does not exist/,
    read: STORAGE_ERRORS,
    advice: "The storage account has no container or blob of that name; correct the path in the catalog",
  },
  {
    is: /\bBlobAlreadyExists\b|\bblob already exists\b/,
    read: "https://github.com/mlflow/mlflow/pull/5005",
    advice:
      "The step writes a file that is there already, from an earlier run or another step; let the code overwrite it, or " +
      "write it under a name of its own",
  },
  {
    is: /Read-only file system: '?([^'\n]*)|(?<!\S)(\S+); Read-only file system/,
    read: "https://github.com/Azure/azure-sdk-for-python/issues/12823",
    advice: (where, { 1: one, 2: other }) =>
      /data-capability\/wd\/(?!INPUT_)/.test(one ?? other ?? "")
        ? `Azure ML mounted this output read-only; check that ${
          identity(where)
        } may write to its storage account: ` +
          askOwner(where, BLOB_ROLE, "storage account")
        : "That folder is read-only for the step, as inputs are; write to a dataset that the node returns, or to a temporary " +
          "folder",
  },
  {
    is: /\b[Ii]nstall ([\w-]+) to access\b/,
    read: "https://filesystem-spec.readthedocs.io/en/latest/api.html",
    advice: (_, { 1: name }) =>
      `Add \`${name}\`, which opens files at the dataset's address, to the environment of the steps`,
  },
];
