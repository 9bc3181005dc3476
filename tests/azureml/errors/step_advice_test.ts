import { match, ok, strictEqual } from "node:assert/strict";
import { KNOWN_FAILURES, runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { makeWorld } from "../../cli/world.ts";

const WHERE = {
  compute: "cpu-cluster",
  workspace: { name: "ws", resource_group: "rg", subscription_id: "s1" },
};

/** Errors of steps as posted by users, and the advice for them. */
const CASES: readonly (readonly [string, string, RegExp])[] = [
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
    "an image that cannot be pulled",
    "Failed to pull Docker image reg.azurecr.io/x:1: unauthorized: authentication required",
    /AcrPull/,
  ],
  [
    "an image that Docker denies",
    "Error response from daemon: pull access denied for reg.azurecr.io/x, repository does not exist",
    /AcrPull/,
  ],
  [
    "an image that needs a sign-in",
    "Failed to get the image reg.azurecr.io/x:1: Authentication required",
    /AcrPull/,
  ],
  [
    "an input to which another step wrote nothing",
    "StreamAccessException was caused by NotFoundException. Found no resources for the input provided: 'https://x'",
    /^The step that makes this input wrote nothing to its output\..*`kedro-azureml validate` names it$/,
  ],
  [
    "a step without the plugin",
    "Error: No such command 'azureml'.",
    /^Add kedro-azureml-pipeline to the environment .*`kedro-azureml init --environment` writes one/,
  ],
  [
    "a step whose plugin cannot be imported",
    "Failed to load kedro_azureml_pipeline.cli commands from EntryPoint(name='azureml'). Full exception: cannot import " +
    "name 'FieldInstanceResolutionError' from 'marshmallow.utils'\nError: No such command 'azureml'.",
    /^kedro-azureml-pipeline is in the environment .* the log names after "Failed to load"$/,
  ],
  [
    "a step without Kedro",
    "bash: line 1: kedro: command not found",
    /^Add kedro-azureml-pipeline to the environment /,
  ],
  [
    "a node that Azure took back",
    "PreemptionError: Nodes of this job got pre-empted.",
    /`--from-failed`, or use a cluster with dedicated nodes$/,
  ],
  [
    "a timeout",
    "The step exceeded its time limit of 5 s and was stopped.",
    /^Increase `limits\.timeout`/,
  ],
  [
    "a working directory missing from the image (bash)",
    "bash: line 1: cd: /app/shop: No such file or directory",
    /^The image has no folder \/app\/shop; correct `execution\.working_directory`/,
  ],
  [
    "a working directory missing from the image (dash)",
    "sh: 1: cd: can't cd to /app/shop",
    /^The image has no folder \/app\/shop;/,
  ],
  [
    "a missing package",
    "ModuleNotFoundError: No module named 'sklearn.linear_model'",
    /^Add the package that provides "sklearn\.linear_model" /,
  ],
  [
    "a missing package of a dataset",
    "DatasetError: \nNo module named 'polars'. Please install the missing dependencies for \npolars.CSVDataset:",
    /^Add the package that provides "polars" /,
  ],
  [
    "an environment variable that the code needs",
    "❱ 3 def a(): return os.environ[\"SHOP_TOKEN\"]\n in __getitem__:679\nKeyError: 'SHOP_TOKEN'",
    /`--env-var SHOP_TOKEN=VALUE`$/,
  ],
  [
    "an environment variable that the configuration needs",
    "InterpolationResolutionError: KeyError raised while resolving interpolation: \"Environment variable 'KEY' not found\"",
    /`--env-var KEY=VALUE`$/,
  ],
  [
    "a memory dataset that another node reads",
    "DatasetError: x: Data for MemoryDataset has not been saved yet.",
    /remove the dataset from the catalog/,
  ],
  [
    "a file that was not uploaded",
    "FileNotFoundError: [Errno 2] No such file or directory: \n'/mnt/azureml/cr/j/1/exe/wd/resources/look\nup.txt'",
    /run `kedro-azureml files`/,
  ],
  [
    "an image that Docker Hub denies",
    'Error response from daemon: pull access denied for shop-image, repository does not exist or may require "docker login"',
    /^Docker Hub has no such image, or limits anonymous pulls; .*`az acr import /,
  ],
  [
    "a sign-in that Docker Hub refuses",
    "Authentication failed for container registry docker.io",
    /^Docker Hub has no such image/,
  ],
  [
    "an image of another registry",
    "Failed to pull Docker image ghcr.io/shop/train:1: unauthorized",
    /^ghcr\.io has no such image, or refuses anonymous pulls; .*--source ghcr\.io\//,
  ],
  [
    "a registry that does not know the compute",
    "AzureMLCompute job failed.\nAggregatedUnauthorizedAccessError: Failed to pull Docker image mma57500dd5c1bf4fb9a4f.azurecr.io/my-pytorch_1. This error may occur because the compute could not authenticate with the Docker registry to pull the image. If using ACR please ensure the ACR has Admin user enabled or a Managed Identity with `AcrPull` access to the ACR is assigned to the compute. If the ACR Admin user's password was changed recently it may be necessary to synchronize the workspace keys.\n\tAuthentication methods attempted: Anonymous",
    /--role "AcrPull" --scope "\$\(az acr show --name mma57500dd5c1bf4fb9a4f --query id --output tsv\)"/,
  ],
  [
    "an image for another processor",
    'Failed to execute command group with error Container `x-execution-wrapper` failed with status code `1` and it was not possible to extract the structured error Container `x-execution-wrapper` exited with code 1 due to error None and we couldn\'t read the error due to GetErrorFromContainerFailed { last_stderr: Some("exec /mnt/azureml/cr/j/x/cap/lifecycler/wd/execution-wrapper: no such file or directory\\n") }.',
    /`docker build --platform linux\/amd64`, and push it again$/,
  ],
  [
    "a shell for another processor",
    'last_stderr: Some("exec /bin/sh: exec format error\\n")',
    /`docker build --platform linux\/amd64`, and push it again$/,
  ],
  [
    "too small a quota for a step's nodes",
    "Job submission to AzureML Compute encountered an Exception with status code JobNodeCountExceedsCoreQuota, The specified subscription has a Standard DSv2 family vCPU quota of 2 and is less than the requested job node count of 2 which maps to 4 vCPUs. Talk to your Subscription Admin or refer to https://docs.microsoft.com/azure/machine-learning/how-to-manage-quotas#request-quota-increases to increase the Standard DSv2 family vCPU quota",
    /^The subscription's quota has too few vCPUs of this machine type; request more/,
  ],
  [
    "no quota at all",
    "The specified subscription has a total vCPU quota of 0 and cannot accomodate for at least 1 requested managed compute node which maps to 4 vCPUs.",
    /too few vCPUs in this region; .*a workspace in another region/,
  ],
  [
    "an azureml-mlflow from before MLflow 3",
    "TypeError: azureml_artifacts_builder() got an unexpected keyword argument 'tracking_uri'",
    /`azureml-mlflow>=1\.62`/,
  ],
  [
    "an image without Python",
    "[Errno 2] No such file or directory: 'python'",
    /^The image of the environment has no `python` on its PATH/,
  ],
  [
    "an image without Python (shell)",
    "bash: line 1: python3: command not found",
    /^The image of the environment has no `python3` on its PATH/,
  ],
  [
    "a failed cluster",
    "AzureMLCompute cluster gpu-cluster is in failed state and thus not ready for runs",
    /^Cluster "gpu-cluster" .*`az ml compute show --name gpu-cluster .*`kedro-azureml setup`/,
  ],
  [
    "a missing datastore",
    "UserError: Failed to submit job due to Exception: Response status code does not indicate success: 404 (Could not find datastore: sales_store.).",
    /^The workspace has no datastore "sales_store"; `az ml datastore list --workspace-name ws /,
  ],
  [
    "an identity that the compute lacks",
    "ScriptExecutionException was caused by StreamAccessException.\n ScriptExecution.StreamAccess.Unexpected: ManagedIdentityCredential authentication unavailable. The requested identity has not been assigned to this resource.",
    /^The step asks for a managed identity that the compute does not have\..*--identity-type UserAssigned/,
  ],
  [
    "a failed image build",
    "Step 9/20 : RUN conda env create -p /azureml-envs/a -f conda.yaml\nPip failed\nCondaEnvException: Pip failed\nThe command '/bin/sh -c ldconfig /usr/local/cuda/lib64/stubs && conda env create' returned a non-zero code: 1",
    /`kedro-azureml environment push --follow`/,
  ],
  [
    "an image past its end of life",
    "Pipeline run failed because the previous curated image hit EOL brownout",
    /past its end of life, and `kedro-azureml validate` says which to use/,
  ],
  [
    "too many parameters for MLflow",
    "mlflow.exceptions.RestException: BAD_REQUEST: Response: {'Error': {'Code': 'ValidationError', 'Severity': None, 'Message': 'Field Parameters is over the size limit. FieldName=Parameters, Limit=100, Size=148. See https://aka.ms/azure-machine-learning-service-limits', 'MessageFormat': None}}",
    /^Azure ML takes at most 100 parameters in one request of MLflow, not 148;/,
  ],
  [
    "too many metrics for MLflow",
    "MlflowException: API request to https://eastus.api.azureml.ms/mlflow/v1.0/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/api/2.0/mlflow/runs/log-batch failed with exception: Max retries exceeded (Caused by ResponseError('too many 429 error responses'))",
    /^Azure ML limits requests of MLflow;/,
  ],
  [
    "a process that the machine killed",
    "Execution failed. User process '/bin/bash' exited with status code 137.",
    /^The step needs more memory than its machine has/,
  ],
  [
    "a command that the machine killed (bash)",
    "/bin/bash: line 1:    25 Killed                  kedro azureml execute",
    /^The step needs more memory than its machine has/,
  ],
  [
    "an array that does not fit into memory",
    "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)",
    /^The step needs more memory than its machine has/,
  ],
  [
    "a GPU without memory left",
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 15.78 GiB total capacity)",
    /^The GPU has too little memory/,
  ],
  [
    "a full disk",
    "OSError: [Errno 28] No space left on device",
    /^The disk of the step's machine is full/,
  ],
  [
    "a container that lacks Azure ML's own files",
    'Failed to execute command group with error API queried with a bad parameter: {"message":"failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \\"/mnt/azureml/cr/j/0169/cap/lifecycler/wd/execution-wrapper\\": stat /mnt/azureml/cr/j/0169/cap/lifecycler/wd/execution-wrapper: no such file or directory: unknown"}',
    /rerun the job with `--from-failed`/,
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
    "an image without what Azure ML needs",
    "AzureMLCompute job failed.\nJobContainerConfigFailed: Container configuration failed unexpectedly\nerr: Docker exec failure when attempting to execute 'containerSetup' task. Error: exit status 126. Indicates a command was found but not executable, likely due to permission issues or missing dependencies.",
    /it needs bash, Python and glibc/,
  ],
  [
    "an image without its tag",
    'manifest for shop.azurecr.io/train:2 not found: manifest unknown: manifest tagged by "2" is not found',
    /^The registry does not have the image with this tag/,
  ],
  [
    "a run of another workspace",
    "mlflow.exceptions.RestException: RESOURCE_DOES_NOT_EXIST: Run with id=2bf891a5-5cb5-4e0e-8615-5b6ad4bd3504 not found",
    /remove MLFLOW_RUN_ID and MLFLOW_TRACKING_URI/,
  ],
  [
    "too little shared memory",
    "RuntimeError: DataLoader worker (pid 91) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.",
    /^The step's container has 2 GB of shared memory/,
  ],
  [
    "a host that the compute does not reach",
    "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded (Caused by NewConnectionError: Failed to establish a new connection: [Errno 101] Network is unreachable)",
    /^The compute's network does not reach the host/,
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
    "a system library",
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
    /^The image of the environment has no libGL\.so\.1/,
  ],
  [
    "an image without Java",
    "PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.",
    /add `openjdk` to the conda packages/,
  ],
  [
    "a GPU that did not start",
    "AzureMLCompute job failed.\nnvidiaConfigFail: NVIDIA GPU configuration failed unexpectedly\n\tReason: Failed to install nvidia-docker",
    /could not give the container its GPU/,
  ],
  [
    "an image with a newer CUDA than the driver's",
    "OCI runtime create failed: error running hook: exit status 1, stdout: , stderr: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.8, please update your driver to a newer version, or use an earlier cuda container",
    /^The image needs cuda>=12\.8, .*an older CUDA/,
  ],
  [
    "a registry that does not answer",
    "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable",
    /^The registry of the image did not answer/,
  ],
  [
    "a registry that the compute does not reach",
    "Running Docker Command attempt 7 failed with client timeout err: exit status 1,Error response from daemon: Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
    /^The registry of the image did not answer/,
  ],
  [
    "a registry that refuses the compute's identity",
    "AzureMLCompute job failed.\nAcrRefreshTokenRetrievalError: Unable to retrieve ACR refresh token using Compute Identity a91a298d-b0ce-49e8-beeb-aa5d398b4d95, please check if compute identity has access to ACR.\n\tserviceURL: shopimages.azurecr.io",
    /AcrPull.*--name shopimages /,
  ],
  [
    "a registry that may not build images",
    "ACR Tasks requests for the registry shop and s1 are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.",
    /`az ml workspace update --name ws .*--image-build-compute cpu-cluster`/,
  ],
  [
    "a cluster for building images that was deleted",
    "Failure reason: Encountered error when building image: ScriptTask failed with: Unknown compute target 'cluster001'.",
    /`az ml workspace update --name ws .*--image-build-compute cpu-cluster`/,
  ],
  [
    "a datastore without credentials",
    "Datastore has no credentials, and workspace msi failed to authenticate storage account. Please grant Storage Account Contributor role to workspace msi.",
    /--assignee "\$\(az ml workspace show --name ws .* --query identity\.principal_id .*--role "Storage Account Contributor"/,
  ],
  [
    "a service that was refused access",
    "UserError: Response status code does not indicate success: 403 (Exception of type 'Microsoft.MachineLearning.Common.WebApi.Exceptions.ForbiddenException' was thrown).",
    /`az ml workspace diagnose --name ws /,
  ],
  [
    "outputs that Azure ML could not register",
    "Failed to upload outputs due to: Failure in UpdateRun while calling service RunHistory; HttpMethod: PATCH; Response StatusCode: BadRequest",
    /after the step's own work; rerun the job with `--from-failed`/,
  ],
  [
    "a machine that was stopped",
    "AzureMLCompute job failed\nReceivedTerminationSignal: Job was terminated due to: Runtime received an OS termination signal.",
    /^The machine was stopped during the step/,
  ],
  [
    "a program that the image lacks",
    "UserError: Failed to spawn child process 'mpirun' because: Os { code: 2, kind: NotFound, message: \"No such file or directory\" }",
    /^The image of the environment has no `mpirun` on its PATH/,
  ],
  [
    "a name that the compute cannot resolve",
    "dial tcp: lookup shop.azurecr.io on 168.63.129.16:53: no such host",
    /^The compute's network does not reach the host/,
  ],
  [
    "an MLflow without azureml-mlflow",
    "UnsupportedModelRegistryStoreURIException:  Model registry functionality is unavailable; got unsupported URI 'azureml://northeurope.experiments.azureml.net/mlflow/v1.0/subscriptions/s?' for model registry data storage.",
    /^MLflow needs a plugin to log to Azure ML; add `azureml-mlflow>=1\.62`/,
  ],
  [
    "an MLflow experiment other than the job's",
    "MlflowException: Cannot start run with ID 1b34 because active run ID does not match environment run ID. Make sure --experiment-name or --experiment-id matches experiment set with set_experiment(), or just use command-line arguments",
    /`tracking\.experiment\.name` in mlflow\.yml/,
  ],
  [
    "a second run of MLflow",
    "Exception: Run with UUID 1b34d40cbfad4ee781910b20a46da9b9 is already active. To start a new run, first end the current run with mlflow.end_run(). To start a nested run, call start_run with nested=True",
    /`mlflow\.start_run\(nested=True\)`$/,
  ],
  [
    "a parameter that changes (MLflow)",
    "MlflowException: INVALID_PARAMETER_VALUE: Changing param values is not allowed. Param with key='model.depth' was already logged with value='3' for run ID='642ca'. Attempted logging new value '5'.",
    /^The step logs the parameter "model\.depth" to MLflow twice/,
  ],
  [
    "a parameter that changes (Azure ML)",
    "mlflow.exceptions.RestException: INVALID_PARAMETER_VALUE: Response: {'Error': {'Code': 'ValidationError', 'Severity': None, 'Message': 'A given key of Parameters can not modify its value after it is set', 'MessageFormat': None}}",
    /^The step logs a parameter to MLflow twice/,
  ],
  [
    "a file that the run has already",
    "Exception: UserError: Resource Conflict: ArtifactId ExperimentRun/dcid.1b34/model/MLmodel already exists.",
    /^The step logs a file to MLflow that its run has already/,
  ],
  [
    "an MLflow that gets no answer",
    "MlflowException: API request to https://eastus2.api.azureml.ms/mlflow/v1.0/x failed with exception HTTPSConnectionPool(host='eastus2.api.azureml.ms', port=443): Read timed out. (read timeout=120)",
    /^Azure ML did not answer MLflow in time/,
  ],
  [
    "a container that failed without a reason",
    "OrchestrateJobError: Docker container `x-execution-wrapper` failed with status code `1` and it was not possible to extract the structured error due to response error: None",
    /^Azure ML does not say why the container failed/,
  ],
];

for (const [name, said, advice] of CASES) {
  Deno.test(`runAdvice() explains ${name}`, async (t) => {
    const given = runAdvice(said, WHERE) ?? "";
    match(given, advice);
    await assertTranscript(t, given, import.meta.url);
  });
}

Deno.test("runAdvice() names the user's own identity for serverless compute, and no command for a compute", () => {
  for (
    const said of [
      "AuthorizationPermissionMismatch",
      "ScriptExecution.StreamAccess.Authentication",
      "KeyBasedAuthenticationNotPermitted",
      "Failed to pull Docker image reg.azurecr.io/x:1: unauthorized",
      "CredentialUnavailableError",
    ]
  ) {
    const advice = runAdvice(said, { ...WHERE, compute: "serverless" })!;
    ok(!/az ml compute|compute's identity/.test(advice), advice);
    match(advice, said === "CredentialUnavailableError" ? /a cluster that has one$/ : /your own identity/);
    ok(!advice.includes("role assignment") || advice.includes("--assignee <your object id> --role "), advice);
  }
});

Deno.test("KNOWN_FAILURES cites a source for each failure", () => {
  for (const { is, read } of KNOWN_FAILURES) match(read, /^https:\/\//, String(is));
});

Deno.test("runAdvice() returns undefined for failures of the project's code", () => {
  strictEqual(runAdvice("ValueError: there is no column rows", WHERE), undefined);
  strictEqual(runAdvice("KeyError: 'rows'", WHERE), undefined);
  strictEqual(runAdvice("SyntaxError: EOL while scanning string literal", WHERE), undefined);
  strictEqual(runAdvice("PermissionError: [Errno 13] Permission denied: '/images/a.png'", WHERE), undefined);
  const warning = "WARNING mlflow.utils.autologging_utils: Changing param values is not allowed.";
  strictEqual(runAdvice(`${warning}\nValueError: no`, WHERE), undefined);
  const wrapper = "Container `x-execution-wrapper` failed with status code `1`";
  strictEqual(runAdvice(`${wrapper}\nTraceback (most recent call last):\nValueError: no`, WHERE), undefined);
});

Deno.test("runAdvice() has a placeholder in commands for a compute that Azure does not name", () => {
  for (const said of ["AuthorizationPermissionMismatch", "CredentialUnavailableError"]) {
    match(runAdvice(said, { ...WHERE, compute: undefined })!, /az ml compute \w+ --name '<compute>' /);
  }
});

for (
  const [code, ...others] of [
    ["ScriptExecution.StreamAccess.Authentication", "ScriptExecution.WriteStreams.Authentication"],
    [
      "AuthorizationPermissionMismatch",
      "This request is not authorized to perform this operation using this permission.",
    ],
    ["AuthorizationFailure", "This request is not authorized to perform this operation. Time: 2026-01-02"],
    [
      "CredentialUnavailableError",
      "ManagedIdentityCredential authentication unavailable",
      "DefaultAzureCredential failed to retrieve a token",
    ],
    ["StreamAccess.NotFound", "Found no resources for the input provided"],
    ["No such command 'azureml'", "kedro: command not found"],
    ["FileNotFoundError: x", "OSError: [Errno 2] No such file or directory: 'x'"],
    ["pull of x: unauthorized", "image x: denied", "Image x: unauthorized"],
  ] as const
) {
  Deno.test(`runAdvice() says the same for ${others.join(" and for ")} as for ${code}`, () => {
    const advice = runAdvice(code, WHERE);
    ok(advice !== undefined);
    for (const said of others) strictEqual(runAdvice(said, WHERE), advice);
  });
}

Deno.test("submit --wait-for-completion names the identity that lacks a role", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { outcome: { failingSteps: { count: "ErrorCode:AuthorizationPermissionMismatch" } } },
  });
  strictEqual(await kedroAzureml("submit -j main --wait-for-completion"), 1);
  match(ctx.stderr(), /hint: The step uses the compute's identity, .*--name cpu-cluster/);
});
