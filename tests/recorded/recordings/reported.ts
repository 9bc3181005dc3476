import type { Exchange, Recording } from "../recording.ts";

/** What Azure answered by reports in issues, which quote the message, and not always the rest. */
const issue = (file: string, recorded: string, ...exchanges: readonly Exchange[]): Recording => ({
  file,
  recorded,
  isEmulated: false,
  exchanges,
});

/** Run history's answer about a failed step, and the advice for it. */
const failed = (message: string, hint: string): Exchange => ({
  send: "GET https://{=api}/history/v1.0{=ws}/runs/made/details",
  status: 200,
  answer: { runId: "made", status: "Failed", error: { error: { code: "UserError", message } }, logFiles: {} },
  read: { by: "failure", of: ["made"], gives: { hint } },
});

const AMD64 =
  "The image was built for another processor, for example on a Mac with Apple silicon; build it with " +
  "`docker build --platform linux/amd64`, and push it again";
const MLFLOW = "https://{=api}/mlflow/v2.0{=ws}/api/2.0/mlflow";
const CORRELATION = { operation: "{hex}", request: "{hex}" };

export const reported: readonly Recording[] = [
  issue("Azure/azure-dev/issues/9382", "2026-08", {
    send: "POST https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
    status: 401,
    answer: {
      error: "invalid_client",
      error_description:
        "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:O@1/R@2:ref:refs/heads/main'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    },
    read: { by: "signIn", fails: ["auth.aadsts700213", "repo:O@1/R@2:ref:refs/heads/main"] },
  }),
  issue(
    "getindata/kedro-azureml/issues/87",
    "2023-12",
    failed(
      'Failed to execute command group with error Container `x-execution-wrapper` failed with status code `1` and it was not possible to extract the structured error Container `x-execution-wrapper` exited with code 1 due to error None and we couldn\'t read the error due to GetErrorFromContainerFailed { last_stderr: Some("exec /mnt/azureml/cr/j/x/cap/lifecycler/wd/execution-wrapper: no such file or directory\\n") }.',
      AMD64,
    ),
  ),
  issue(
    "Azure/azure-sdk-for-python/issues/34501",
    "2024-02",
    failed('last_stderr: Some("exec /bin/sh: exec format error\\n")', AMD64),
  ),
  issue(
    "MicrosoftLearning/mslearn-dp100/issues/35",
    "2021-05",
    failed(
      "Job submission to AzureML Compute encountered an Exception with status code JobNodeCountExceedsCoreQuota, The specified subscription has a Standard DSv2 family vCPU quota of 2 and is less than the requested job node count of 2 which maps to 4 vCPUs. Talk to your Subscription Admin or refer to https://docs.microsoft.com/azure/machine-learning/how-to-manage-quotas#request-quota-increases to increase the Standard DSv2 family vCPU quota",
      "The subscription's quota has too few vCPUs of this machine type; request more in Azure ML studio under Quota, or use a cluster with another one, or fewer nodes",
    ),
  ),
  issue(
    "Azure/azure-sdk-for-python/issues/43661",
    "2025-10",
    failed(
      "TypeError: azureml_artifacts_builder() got an unexpected keyword argument 'tracking_uri'",
      "This azureml-mlflow is too old for MLflow 3; require `azureml-mlflow>=1.62` in environment/conda.yml, then run `kedro-azureml environment push`",
    ),
  ),
  issue(
    "getindata/kedro-azureml/issues/44",
    "2023-02",
    failed(
      "[Errno 2] No such file or directory: 'python'",
      "The image of the environment has no `python` on its PATH; use an image that has. `kedro-azureml init --environment` writes an environment with Python, Kedro and the plugin",
    ),
  ),
  issue("a public file about MLflow", "2025-01", {
    send: `POST ${MLFLOW}/runs/search`,
    body: {},
    status: 400,
    answer: {
      Error: {
        Code: "ValidationError",
        Severity: null,
        Message: "Field Parameters is over the size limit. FieldName=Parameters, Limit=100, Size=148.",
        MessageFormat: null,
        MessageParameters: null,
        ReferenceCode: null,
        DetailsUri: null,
        Target: null,
        Details: [],
        InnerError: null,
        DebugInfo: null,
      },
      Correlation: CORRELATION,
      Environment: "eastus",
      Location: "eastus",
      Time: "{time}",
      ComponentName: "mlflow",
      error_code: "BAD_REQUEST",
    },
    read: {
      by: "service",
      fails: [
        "azure.rejected",
        "Azure: Field Parameters is over the size limit. FieldName=Parameters, Limit=100, Size=148. (ValidationError)\nrequest 0a1b2c3d",
      ],
    },
  }),
  issue("zenml-io/zenml/issues/4207", "2025-11", {
    send: `GET ${MLFLOW}/runs/get`,
    status: 404,
    answer: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Run with id=X not found" },
    read: {
      by: "service",
      fails: ["azure.not_found", "Azure: Run with id=X not found (RESOURCE_DOES_NOT_EXIST)"],
    },
  }),
  issue("Azure/azure-cli/issues/32567", "2026-01", {
    send: "PUT computes/made?api-version=2024-04-01",
    body: {},
    status: 403,
    answer: {
      error: {
        code: "RequestDisallowedByAzure",
        target: "made",
        message:
          "Resource 'made' was disallowed by Azure: This policy maintains a set of best available regions where your subscription can deploy resources.",
      },
    },
    read: { by: "send", fails: ["azure.region", "the subscription may not create resources in this region"] },
  }),
  issue(
    "Azure/MachineLearningNotebooks/issues/1043",
    "2020-07",
    failed(
      "AzureMLCompute cluster gpu-cluster is in failed state and thus not ready for runs",
      'Cluster "gpu-cluster" failed to start or to scale; `az ml compute show --name gpu-cluster --workspace-name {=workspace} --resource-group {=group} --subscription {=subscription}` says why. Delete it and create it again with `kedro-azureml setup`, or change `compute` in azureml.yml',
    ),
  ),
  issue(
    "Azure/azureml-examples/issues/2941",
    "2024-01",
    failed(
      "UserError: Failed to submit job due to Exception: Response status code does not indicate success: 404 (Could not find datastore: sales_store.).",
      'The workspace has no datastore "sales_store"; `az ml datastore list --workspace-name {=workspace} --resource-group {=group} --subscription {=subscription}` lists those that it has. Correct it in the paths that begin with azureml://datastores/sales_store/, in the catalog and in azureml.yml',
    ),
  ),
  issue(
    "MicrosoftDocs/azure-docs/issues/86702",
    "2022-01",
    failed(
      "Authentication failed for container registry docker.io",
      "Docker Hub has no such image, or limits anonymous pulls; copy the image into the registry of the workspace (`az acr import --name <registry> --source docker.io/<image>`) and use that one in the environment",
    ),
  ),
  issue(
    "a public file about registries",
    "2024-05",
    failed(
      "AzureMLCompute job failed.\nAggregatedUnauthorizedAccessError: Failed to pull Docker image madeimages.azurecr.io/my-pytorch_1. This error may occur because the compute could not authenticate with the Docker registry to pull the image. If using ACR please ensure the ACR has Admin user enabled or a Managed Identity with `AcrPull` access to the ACR is assigned to the compute. If the ACR Admin user's password was changed recently it may be necessary to synchronize the workspace keys.\n\tAuthentication methods attempted: Anonymous",
      'The step uses the compute\'s identity, which may not pull the environment\'s image; ask an owner to run `az role assignment create --assignee "$(az ml compute show --name cpu-cluster --workspace-name {=workspace} --resource-group {=group} --subscription {=subscription} --query identity.principal_id --output tsv)" --role "AcrPull" --scope "$(az acr show --name madeimages --query id --output tsv)"`. If the registry has an admin user whose password was changed, run `az ml workspace sync-keys --name {=workspace} --resource-group {=group} --subscription {=subscription}`',
    ),
  ),
  issue("Azure/azureml-examples/pull/3957", "2026-05", {
    send: "GET environments/made/versions/1?api-version=2023-04-01-preview",
    status: 200,
    answer: {
      id: "{=ws}/environments/made/versions/1",
      name: "1",
      properties: {
        image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04",
        isArchived: false,
        isAnonymous: false,
      },
    },
    read: { by: "online", of: ["made:1"], gives: [{ code: "environment.image_end_of_life" }] },
  }),
  issue("Azure/azqr/issues/34", "2022-11", {
    send: "GET computes?api-version=2023-08-01-preview",
    status: 429,
    answerHeaders: { "retry-after": "10" },
    answer: {
      error: {
        code: "SubscriptionRequestsThrottled",
        message:
          "Number of 'read' requests for subscription '{guid}' actor '{guid}' exceeded. Please try again after '10' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.",
      },
    },
    read: { by: "list", fails: ["azure.busy", "Azure is throttling requests"] },
  }),
  issue("a public file about models", "2026-04", {
    send: "GET https://{=api}/modelregistry/v1.0{=ws}/models/made",
    status: 404,
    answerHeaders: { "mise-correlation-id": "{guid:mise}", "x-ms-request-id": null },
    answer: {
      error: {
        code: "UserError",
        severity: null,
        message: "Could not find asset with ID: azureml://made",
        details: [],
        innerError: { code: "NotFoundError", innerError: null },
        debugInfo: null,
        additionalInfo: null,
      },
      correlation: { ...CORRELATION, RequestId: "{hex}" },
      environment: "eastus2",
      location: "eastus2",
      time: "{time}",
      componentName: "modelregistry",
      code: "NotFound",
      statusCode: 404,
      message: "Could not find asset with ID: azureml://made",
      details: [],
    },
    read: {
      by: "service",
      fails: [
        "azure.not_found",
        "Azure: Could not find asset with ID: azureml://made (UserError: NotFoundError)\nrequest {=mise}",
      ],
    },
  }),
];
