import type { Recording } from "../recording.ts";

/** What other programs than azure-ai-ml asked of Azure ML, with the stable api-version or its data services. */
const VERSION = "api-version=2024-04-01";
const POWERSHELL = "src/MachineLearningServices/MachineLearningServices.Autorest/test/";
const PROMPTFLOW = "src/promptflow-recording/recordings/azure/";
const FLOWS = "6e76ef49beda52187d8ae38d710632cfeabedde4";

const CREATED = {
  createdAt: "{time}",
  createdBy: "{text}",
  createdByType: "{word}",
  lastModifiedAt: "{time}",
};
const IRIS = "https://samples.example/datasets/iris.csv";

const COMMAND = {
  jobType: "Command",
  command: "true",
  computeId: "{=ws}/computes/cpu-cluster",
  environmentId: "azureml:AzureML-sklearn-1.5@latest",
};

export const others: readonly Recording[] = [
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}Stop-AzMLWorkspaceJob.Recording.json`,
    commit: "689c9cc23e5e1f579483c35017a5c399eb78ad30",
    recorded: "2025-11",
    given: [
      { send: "PUT jobs/made?api-version=2025-01-01-preview", body: { properties: COMMAND } },
    ],
    exchanges: [
      {
        send: `POST jobs/made/cancel?${VERSION}`,
        afterMs: 3_600_000,
        status: 200,
        answerHeaders: {
          "content-type": null,
          location: null,
          "azure-asyncoperation": null,
          "retry-after": null,
        },
        read: { by: "cancel", of: ["made", "Completed"], gives: { outcome: "ended", status: "Completed" } },
      },
    ],
  },
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}Stop-AzMLWorkspaceJob.Recording.json#GET`,
    commit: "689c9cc23e5e1f579483c35017a5c399eb78ad30",
    recorded: "2025-11",
    isEmulated: false,
    exchanges: [
      {
        send: `GET jobs/made?${VERSION}`,
        status: 200,
        answer: {
          id: "{=ws}/jobs/made",
          name: "made",
          properties: {
            jobType: "Command",
            properties: {
              "_azureml.ComputeTargetType": "amlcdsi",
              "_azureml.ClusterName": "c",
              StartTimeUtc: "2025-11-04 09:28:29",
              EndTimeUtc: "2025-11-04 09:28:29",
            },
            status: "Completed",
            limits: { timeout: null, jobLimitsType: "Command" },
            environmentVariables: null,
            queueSettings: { jobTier: "Null" },
          },
        },
        read: { by: "job", of: ["made"], gives: { status: "Completed" } },
      },
    ],
  },
  {
    repository: "microsoft/promptflow",
    file: `${PROMPTFLOW}test_run_operations_TestFlowRun_test_get_invalid_run_cases.yaml`,
    commit: FLOWS,
    recorded: "2023-11",
    exchanges: [
      {
        send: "POST https://{=api}/history/v1.0{=ws}/rundata",
        body: {
          runId: "gone",
          selectRunMetadata: true,
          selectRunDefinition: true,
          selectJobSpecification: true,
        },
        status: 404,
        answer: {
          error: {
            code: "UserError",
            severity: null,
            message: "Run runId=gone was not found",
            messageFormat: "Run {runId} was not found",
            messageParameters: { runId: "runId=gone" },
            referenceCode: null,
            detailsUri: null,
            target: null,
            details: [],
            innerError: { code: "NotFoundError", innerError: null },
            debugInfo: null,
            additionalInfo: null,
          },
          correlation: { operation: "{hex}", request: "{hex}" },
          environment: "{word}",
          location: "{word}",
          time: "{time}",
          componentName: "run-history",
          statusCode: 404,
        },
        read: { by: "service", fails: ["azure.not_found", "Run runId=gone was not found"] },
      },
    ],
  },
  {
    repository: "microsoft/promptflow",
    file: `${PROMPTFLOW}test_run_operations_TestFlowRun_test_update_run.yaml`,
    commit: FLOWS,
    recorded: "2024-05",
    isEmulated: false,
    exchanges: [
      {
        send: "PATCH https://{=api}/history/v1.0{=ws}/runs/made/modify",
        body: { displayName: "d", description: "e", tags: { a: "b" } },
        status: 200,
        answer: { runId: "made", displayName: "d", description: "e", tags: { a: "b" }, revision: 5 },
        read: { by: "ask", gives: { status: 200 } },
      },
    ],
  },
  {
    repository: "microsoft/promptflow",
    file: `${PROMPTFLOW}test_run_operations_TestFlowRun_test_run_resume_with_image_aggregation.yaml`,
    commit: FLOWS,
    recorded: "2024-04",
    isEmulated: false,
    exchanges: [
      {
        send: "POST https://{=api}/metric/v2.0{=ws}/runs/made/lastvalues",
        body: {},
        status: 200,
        answer: {
          value: [{
            dataContainerId: "dcid.made",
            name: "m",
            columns: { m: "Double" },
            properties: { uxMetricType: "azureml.v1.scalar", dataLocation: null },
            namespace: null,
            standardSchemaId: null,
            value: [{ metricId: "{guid}", createdUtc: "{time}", step: 0, data: { m: 9 } }],
          }],
        },
        read: { by: "service", gives: { value: [{ name: "m" }] } },
      },
    ],
  },
  {
    repository: "microsoft/promptflow",
    file:
      "src/promptflow-evals/tests/recordings/azure/test_metrics_upload_TestMetricsUpload_test_writing_to_run_history.yaml",
    commit: FLOWS,
    recorded: "2024-08",
    isEmulated: false,
    exchanges: [
      {
        send: "POST https://{=api}/mlflow/v2.0{=ws}/api/2.0/mlflow/runs/create",
        body: { experiment_id: "0", user_id: "u", start_time: "1717563256142", run_name: "test" },
        status: 200,
        answer: {
          run: {
            info: {
              run_uuid: "{guid:run}",
              experiment_id: "{guid}",
              run_name: "test",
              user_id: "{guid}",
              status: "RUNNING",
              start_time: "1717563256142",
              artifact_uri: "azureml://{=api}/mlflow/v2.0{=ws}/experiments/0/runs/{=run}/artifacts",
              lifecycle_stage: "active",
              run_id: "{=run}",
            },
            data: { tags: [{ key: "mlflow.user", value: "u" }, { key: "mlflow.user", value: "{text}" }] },
            inputs: {},
          },
        },
        read: { by: "service", gives: { run: { info: { start_time: "1717563256142" } } } },
      },
    ],
  },
  {
    repository: "microsoft/promptflow",
    file: PROMPTFLOW,
    commit: FLOWS,
    recorded: "2024-04",
    isEmulated: false,
    exchanges: [
      {
        send: "GET https://{=api}/nothing/v1.0{=ws}/made",
        status: 530,
        answerHeaders: { "content-type": "application/octet-stream" },
        answer: "unknown to cluster",
        read: { by: "service", fails: ["azure.unavailable", "(status 530)"] },
      },
    ],
  },
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}New-AzMLWorkspaceDataVersion.Recording.json`,
    commit: "7f71fc352c34e216c6747b1d8a4d0601715d2ec0",
    recorded: "2025-11",
    exchanges: [
      {
        send: `PUT data/made/versions/2?${VERSION}`,
        body: { properties: { dataType: "uri_file", dataUri: IRIS } },
        status: 201,
        answer: {
          id: "{=ws}/data/made/versions/2",
          name: "2",
          type: "Microsoft.MachineLearningServices/workspaces/data/versions",
          properties: {
            description: null,
            tags: null,
            properties: null,
            isArchived: false,
            isAnonymous: false,
            dataUri: IRIS,
            dataType: "uri_file",
          },
          systemData: CREATED,
        },
        read: { by: "send", gives: { name: "2" } },
      },
    ],
  },
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}New-AzMLWorkspaceEnvironmentVersion.Recording.json`,
    commit: "481f488c6f873a83275b1cbf50927e2cbaf932a5",
    recorded: "2025-11",
    exchanges: [
      {
        send: `PUT environments/made/versions/1?${VERSION}`,
        body: { properties: { image: "library/python:latest" } },
        status: 201,
        answer: {
          id: "{=ws}/environments/made/versions/1",
          name: "1",
          type: "{text}",
          systemData: "{any}",
          properties: {
            description: null,
            tags: {},
            properties: { "azureml.labels": "latest" },
            isArchived: false,
            isAnonymous: false,
            environmentType: "UserCreated",
            image: "library/python:latest",
            condaFile: "",
            osType: "Linux",
            autoRebuild: "Disabled",
            provisioningState: "Succeeded",
            stage: "Development",
          },
        },
        read: { by: "environment", of: ["made:1"], gives: { shown: "made:1" } },
      },
      {
        send: `DELETE environments/made/versions/1?${VERSION}`,
        status: 200,
        answerHeaders: { "content-type": null },
        read: { by: "ask", gives: { status: 200 } },
      },
    ],
  },
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}Get-AzMLWorkspaceComputeNode.Recording.json`,
    commit: "49be303ac6eef10d7b73b0adfdd9e83f410df2ac",
    recorded: "2024-07",
    exchanges: [
      {
        send: `POST computes/cpu-cluster/listNodes?${VERSION}`,
        status: 200,
        answer: { computeType: "AmlCompute", nodes: [] },
        read: { by: "send", gives: { nodes: [] } },
      },
    ],
  },
  {
    repository: "Azure/azure-powershell",
    file: `${POWERSHELL}New-AzMLWorkspaceCompute.Recording.json`,
    commit: "70f1c4870b823a977cbe50f2ceca5a39ee7d1e8b",
    recorded: "2025-11",
    isEmulated: false,
    exchanges: [
      {
        send: `PUT computes/made?${VERSION}`,
        body: {
          location: "eastus",
          properties: {
            computeType: "AmlCompute",
            properties: { scaleSettings: { maxNodeCount: 8, minNodeCount: 0 }, vmSize: "STANDARD_DS3_V2" },
          },
        },
        status: 201,
        answer: {
          id: "{=ws}/computes/made",
          name: "made",
          location: "eastus",
          tags: null,
          properties: {
            computeType: "AmlCompute",
            provisioningState: "Succeeded",
            properties: {
              vmSize: "STANDARD_DS3_V2",
              vmPriority: null,
              scaleSettings: { maxNodeCount: 8, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: null },
              errors: null,
            },
          },
        },
        read: { by: "compute", of: ["made"], gives: { name: "made", maxNodes: 8 } },
      },
    ],
  },
];
