import { testAdvice } from "./advice_cases.ts";

testAdvice([
  [
    "a missing role for blobs (azure-storage-blob)",
    "azure.core.exceptions.HttpResponseError: This request is not authorized to perform this operation using this permission.\nRequestId:00000000-001e\nErrorCode:AuthorizationPermissionMismatch",
    /uses the compute's identity, .*--assignee "\$\(az ml compute show --name cpu-cluster --workspace-name ws --resource-group rg --subscription s1 --query identity\.principal_id --output tsv\)" --role "Storage Blob Data Contributor"/,
  ],
  [
    "a missing role for blobs (data runtime)",
    'Execution failed. {"error":{"code":"UserError","message":"{\\"NonCompliant\\":\\"StreamAccessException was caused by AuthenticationException. ScriptExecution.StreamAccess.Authentication"}}',
    /allow key access on the storage account.* compute's identity: /,
  ],
  [
    "storage behind a firewall",
    "HttpResponseError: This request is not authorized to perform this operation.\nErrorCode:AuthorizationFailure",
    /the compute's network/,
  ],
  [
    "a compute without an identity",
    "azure.identity._exceptions.CredentialUnavailableError: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.",
    /az ml compute update --name cpu-cluster --identity-type SystemAssigned /,
  ],
  [
    "disabled account keys",
    "ErrorCode:KeyBasedAuthenticationNotPermitted",
    /without credentials/,
  ],
  [
    "an input to which another step wrote nothing",
    "StreamAccessException was caused by NotFoundException. Found no resources for the input provided: 'https://x'",
    /^An input has no files\. If another step makes it, .*`kedro-azureml validate` names it\./,
  ],
  [
    "an identity that the compute lacks",
    "ScriptExecutionException was caused by StreamAccessException.\n ScriptExecution.StreamAccess.Unexpected: ManagedIdentityCredential authentication unavailable. The requested identity has not been assigned to this resource.",
    /^The step asks for a managed identity that the compute does not have\..*--identity-type UserAssigned/,
  ],
  [
    "a datastore that cannot be mounted",
    "AzureMLCompute job failed.\nBFSMountError: Unable to mount blob fuse file system\n\tInfo: Selected VM image doesn't support containers mounting\n\tInfo: Failed to setup runtime for job execution: Job environment preparation failed on 10.0.0.4 with err exit status 1.",
    /^The compute could not mount a datastore\./,
  ],
  [
    "a datastore's secret that cannot be read",
    "UserError: Response status code does not indicate success: 404 (Datastore's secret is not found. Please make sure the workspace's key vault exists and the workspace).",
    /^Azure ML cannot read the datastore's secret/,
  ],
  [
    "an input that the step writes to",
    "OSError: [Errno 30] Read-only file system: '/mnt/azureml/cr/j/1/cap/data-capability/wd/INPUT_x/file.csv'",
    /^Inputs of a step are read-only/,
  ],
  [
    "a package that opens blobs",
    "ImportError: Install adlfs to access Azure Datalake Gen2 and Azure Blob Storage",
    /^Add `adlfs`/,
  ],
  [
    "a datastore without credentials",
    "Datastore has no credentials, and workspace msi failed to authenticate storage account. Please grant Storage Account Contributor role to workspace msi.",
    /--assignee "\$\(az ml workspace show --name ws .* --query identity\.principal_id .*--role "Storage Account Contributor"/,
  ],
  [
    "a mount that broke",
    "OSError: [Errno 107] Transport endpoint is not connected: '/mnt/azureml/cr/j/1/cap/data-capability/wd/INPUT_sales/a.csv'",
    /^The connection to the datastore broke .*`--from-failed`/,
  ],
  [
    "a data asset without files",
    "Error Code: ScriptExecution.StreamAccess.NotFound\nNative Error: error in streaming from input data sources\nStreamError(NotFound) => stream not found\nError Message: The requested stream was not found. Please make sure the request uri is correct.",
    /If it is a data asset, compare its path \(`az ml data show /,
  ],
  [
    "a folder that is read-only",
    "UserError: User program failed with PermissionDeniedError: /tmp/tmp8kq34epx/train.tf_record; Read-only file system",
    /^That folder is read-only for the step/,
  ],
  [
    "an output that is mounted read-only",
    "OSError: [Errno 30] Read-only file system: '/mnt/azureml/cr/j/1/cap/data-capability/wd/model/model.pkl'",
    /^Azure ML mounted this output read-only; .*Storage Blob Data Contributor/,
  ],
  [
    "a step that asks Azure itself",
    "HttpResponseError: (AuthorizationFailed) The client 'c' with object id 'o1' does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/read' over scope '/subscriptions/s1/x' or the scope is invalid.",
    /--assignee o1 --role "AzureML Data Scientist" --scope "\/subscriptions\/s1\/x"/,
  ],
  [
    "a process without a token",
    "ChainedTokenCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: EnvironmentCredential authentication unavailable.",
    /log to MLflow in the main process/,
  ],
], import.meta.url);
