import { testAdvice } from "./advice_cases.ts";

testAdvice({
  "a missing role for blobs (azure-storage-blob)":
    "azure.core.exceptions.HttpResponseError: This request is not authorized to perform this operation using this permission.\nRequestId:00000000-001e\nErrorCode:AuthorizationPermissionMismatch",
  "a missing role for blobs (data runtime)":
    'Execution failed. {"error":{"code":"UserError","message":"{\\"NonCompliant\\":\\"StreamAccessException was caused by AuthenticationException. ScriptExecution.StreamAccess.Authentication"}}',
  "storage behind a firewall":
    "HttpResponseError: This request is not authorized to perform this operation.\nErrorCode:AuthorizationFailure",
  "a compute without an identity":
    "azure.identity._exceptions.CredentialUnavailableError: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.",
  "disabled account keys": "ErrorCode:KeyBasedAuthenticationNotPermitted",
  "an empty input from another step":
    "StreamAccessException was caused by NotFoundException. Found no resources for the input provided: 'https://x'",
  "a compute without the identity of a step":
    "ScriptExecutionException was caused by StreamAccessException.\n ScriptExecution.StreamAccess.Unexpected: ManagedIdentityCredential authentication unavailable. The requested identity has not been assigned to this resource.",
  "a failed mount of a datastore":
    "AzureMLCompute job failed.\nBFSMountError: Unable to mount blob fuse file system\n\tInfo: Selected VM image doesn't support containers mounting\n\tInfo: Failed to setup runtime for job execution: Job environment preparation failed on 10.0.0.4 with err exit status 1.",
  "an unreadable secret of a datastore":
    "UserError: Response status code does not indicate success: 404 (Datastore's secret is not found. Please make sure the workspace's key vault exists and the workspace).",
  "a write to an input":
    "OSError: [Errno 30] Read-only file system: '/mnt/azureml/cr/j/1/cap/data-capability/wd/INPUT_x/file.csv'",
  "a missing package for blobs":
    "ImportError: Install adlfs to access Azure Datalake Gen2 and Azure Blob Storage",
  "a datastore without credentials":
    "Datastore has no credentials, and workspace msi failed to authenticate storage account. Please grant Storage Account Contributor role to workspace msi.",
  "a broken mount":
    "OSError: [Errno 107] Transport endpoint is not connected: '/mnt/azureml/cr/j/1/cap/data-capability/wd/INPUT_sales/a.csv'",
  "a data asset without files":
    "Error Code: ScriptExecution.StreamAccess.NotFound\nNative Error: error in streaming from input data sources\nStreamError(NotFound) => stream not found\nError Message: The requested stream was not found. Please make sure the request uri is correct.",
  "a read-only folder":
    "UserError: User program failed with PermissionDeniedError: /tmp/tmp8kq34epx/train.tf_record; Read-only file system",
  "a read-only mount of an output":
    "OSError: [Errno 30] Read-only file system: '/mnt/azureml/cr/j/1/cap/data-capability/wd/model/model.pkl'",
  "a request to Azure by a step's own code":
    "HttpResponseError: (AuthorizationFailed) The client 'c' with object id 'o1' does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/read' over scope '/subscriptions/s1/x' or the scope is invalid.",
  "a process without a token":
    "ChainedTokenCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: EnvironmentCredential authentication unavailable.",
  "a missing folder of an output":
    "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/azureml/cr/j/1/cap/data-capability/wd/output_data/sub/diabetes.csv'",
  "a missing file of an input":
    "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/azureml/cr/j/1/cap/data-capability/wd/INPUT_sales/a.csv'",
  "an MLTable without its file": "ExecutionError(StreamError(NotFound)); Not able to find MLTable file",
  "a rotated key":
    "ClientAuthenticationError: Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.\nErrorCode:AuthenticationFailed",
  "a missing container":
    "ResourceNotFoundError: The specified container does not exist.\nErrorCode:ContainerNotFound",
  "code waiting for a sign-in":
    "Performing interactive authentication. Please follow the instructions on the terminal.",
  "an existing blob": "azure.core.exceptions.ResourceExistsError: The specified blob already exists.",
}, import.meta.url);
