import type { Recording } from "../recording.ts";
import { CURATED, MADE_JOB, typeOf } from "./parts.ts";

const HISTORY = "GET https://{=api}/history/v1.0{=ws}/runs";
const VERSION = "api-version=2024-01-01-preview";
const COMPONENT = "basic_component";

const USER = {
  userObjectId: "{guid}",
  userPuId: "{word}",
  userIdp: null,
  userAltSecId: null,
  userIss: "{url}",
  userTenantId: "{guid}",
  userName: "{text}",
  upn: null,
  clientApplicationId: null,
  applicationACR: null,
};

/** Keys whose values differ only for a run on its own compute. */
function run(more: object) {
  return {
    runNumber: "{number}",
    rootRunId: "made",
    createdUtc: "{time}",
    createdBy: USER,
    userId: "{guid}",
    token: null,
    tokenExpiryTimeUtc: null,
    error: null,
    warnings: null,
    revision: "{number}",
    statusRevision: "{number}",
    runUuid: "{guid}",
    parentRunUuid: "{guid}",
    rootRunUuid: "{guid}",
    lastStartTimeUtc: null,
    currentComputeTime: null,
    computeDuration: "{text}",
    effectiveStartTimeUtc: null,
    lastModifiedBy: USER,
    lastModifiedUtc: "{time}",
    duration: "{text}",
    cancelationReason: null,
    currentAttemptId: 1,
    parentRunId: "made",
    experimentId: "{guid}",
    startTimeUtc: "{time}",
    endTimeUtc: "{time}",
    scheduleId: null,
    displayName: "step",
    name: COMPONENT,
    description: null,
    hidden: false,
    runType: "azureml.StepRun",
    runTypeV2: {
      orchestrator: "Execution",
      traits: [
        "azureml.StepRun",
        "scriptRun",
        "remote",
        "AlmostCommonRuntime",
        "OsType:Linux",
        "CommonRuntime",
      ],
      attribution: "Aether",
      computeType: "AmlcTrain",
    },
    parameters: {},
    actionUris: { Cancel: "{url}", Diagnose: "" },
    scriptName: null,
    target: "cpu-cluster",
    uniqueChildRunComputeTargets: [],
    tags: {
      "azureml.nodeid": "{hex}",
      "azureml.pipeline": "made",
      "_aml_system_ComputeTargetStatus": "{text}",
    },
    settings: {},
    services: {},
    inputDatasets: [],
    outputDatasets: [],
    runDefinition: null,
    jobSpecification: null,
    primaryMetricName: null,
    createdFrom: null,
    cancelUri: "{url}",
    completeUri: null,
    diagnosticsUri: "",
    computeRequest: { nodeCount: 1, gpuCount: 0 },
    compute: {
      target: "cpu-cluster",
      targetType: "amlcompute",
      vmSize: null,
      instanceType: null,
      instanceCount: 1,
      gpuCount: 0,
      priority: null,
      region: null,
      armId: null,
      properties: null,
    },
    retainForLifetimeOfWorkspace: null,
    queueingInfo: null,
    inputs: null,
    outputs: null,
    ...more,
  };
}

const STEP_PROPERTIES = {
  "azureml.DevPlatv2": "true",
  "azureml.DatasetAccessMode": "Asset",
  StepType: "PythonScriptStep",
  ComputeTargetType: "AmlCompute",
  "azureml.moduleid": "{word}",
  "azureml.moduleName": COMPONENT,
  "azureml.moduleVersion": "{word}",
  "azureml.runsource": "azureml.StepRun",
  "azureml.nodeid": "{hex}",
  "azureml.pipelinerunid": "made",
  "azureml.pipeline": "made",
  "azureml.pipelineComponent": "masterescloud",
  "_azureml.ComputeTargetType": "amlctrain",
  ProcessInfoFile: "azureml-logs/process_info.json",
  ProcessStatusFile: "azureml-logs/process_status.json",
};

const ON_CLUSTER = {
  ...STEP_PROPERTIES,
  "azureml.moduleFamilyId": "0",
  "azureml.rootpipelinerunid": "made",
  "_azureml.ClusterName": "cpu-cluster",
};

/** A failed step: its message begins with a line break. */
const FAILED = run({
  runId: "{guid:run}",
  status: "Failed",
  dataContainerId: "dcid.{=run}",
  properties: ON_CLUSTER,
  error: {
    error: {
      code: "UserError",
      severity: null,
      message: "\n{text}",
      messageFormat: null,
      messageParameters: {},
      referenceCode: null,
      detailsUri: null,
      target: null,
      details: [],
      innerError: null,
      debugInfo: null,
      additionalInfo: null,
    },
    correlation: null,
    environment: null,
    location: null,
    time: "0001-01-01T00:00:00+00:00",
    componentName: "CommonRuntime",
  },
  warnings: [{ source: "{text}", message: "{text}" }],
});

/** A step that reuses the results of an earlier job. */
const REUSED = run({
  runId: "{guid:run}",
  status: "Completed",
  computeDuration: "00:00:00",
  duration: "00:00:00",
  startTimeUtc: "{time:at}",
  endTimeUtc: "{=at}",
  dataContainerId: "dcid.{guid:old}",
  runTypeV2: { orchestrator: null, traits: ["azureml.StepRun"], attribution: null, computeType: null },
  actionUris: { Cancel: "{url}" },
  properties: {
    ...STEP_PROPERTIES,
    "azureml.isreused": "true",
    "azureml.reusedrunid": "{=old}",
    "azureml.reusednodeid": "{hex}",
    "azureml.reusedpipeline": "earlier",
    "azureml.reusedpipelinerunid": "earlier",
    "azureml.rootpipelinerunid": "earlier",
  },
  diagnosticsUri: null,
  computeRequest: null,
  compute: null,
});

/** A pipeline job with one step. */
function submitted(name: string) {
  return {
    send: `PUT jobs/${name}?${VERSION}`,
    headers: { "x-azureml-token": "{=ml_token}" },
    body: {
      properties: {
        properties: {},
        tags: {},
        computeId: "{=ws}/computes/cpu-cluster",
        displayName: name,
        isArchived: false,
        jobType: "Pipeline",
        inputs: {},
        jobs: {
          step: {
            name: "step",
            type: "command",
            _source: "YAML.JOB",
            componentId: `{=ws}/components/${COMPONENT}/versions/1`,
          },
        },
        outputs: {},
        settings: { _source: "YAML.JOB" },
      },
    },
  };
}

const COMPONENT_THERE = {
  send: `PUT components/${COMPONENT}/versions/1?${VERSION}`,
  body: {
    properties: {
      properties: {},
      tags: {},
      isAnonymous: false,
      isArchived: false,
      componentSpec: {
        command: "echo",
        environment: `azureml:${CURATED}:33`,
        name: COMPONENT,
        version: "1",
        is_deterministic: true,
        type: "command",
      },
    },
  },
};

const AT_END = 3_600_000;
const BLOBS = "https://{=account}.blob.core.windows.net/azureml/ExperimentRun/dcid.made";

/** Run history, logs and artifacts. */
export const history: readonly Recording[] = [
  ...(["get_child_run", "child_run_download"] as const).map((test): Recording => ({
    file:
      `pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobLongRunningtest_pipeline_job_${test}.json`,
    commit: "6873a4bb4509b5c29e33fee00254e4fae61e859b",
    recorded: "2026-02",
    outcome: { failingSteps: { step: "\nError Code: ScriptExecution\n\tIt failed" } },
    given: [COMPONENT_THERE, submitted("made")],
    exchanges: [
      {
        send: `${HISTORY}/made/children${test === "get_child_run" ? "?api-version=v1.0" : ""}`,
        afterMs: AT_END,
        status: 200,
        answerHeaders: { "x-ms-response-type": "standard", "x-ms-correlation-request-id": null },
        answer: { value: [FAILED] },
        read: { by: "children", of: ["made"], gives: [{ status: "Failed", names: ["step", COMPONENT] }] },
      },
    ],
  })),
  {
    file:
      "pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobLongRunningtest_reused_pipeline_child_job_download.json",
    commit: "6873a4bb4509b5c29e33fee00254e4fae61e859b",
    recorded: "2026-02",
    outcome: { failingSteps: { step: "\nError Code: ScriptExecution\n\tIt failed" } },
    given: [COMPONENT_THERE, submitted("made")],
    exchanges: [
      {
        send: `${HISTORY}/made/children?api-version=v1.0`,
        afterMs: AT_END,
        status: 200,
        answer: { value: [FAILED] },
        read: { by: "children", of: ["made"], gives: [{ status: "Failed" }] },
      },
    ],
  },
  {
    file: "dsl/e2etests/test_dsl_pipeline.pyTestDSLPipelinetest_get_child_job.json",
    commit: "101248d8db5a19fc144dfd18c989d629cbfc21b5",
    recorded: "2023-10",
    outcome: { reusedSteps: ["step"] },
    given: [COMPONENT_THERE, submitted("earlier"), { ...submitted("made"), afterMs: AT_END }],
    exchanges: [
      {
        send: `${HISTORY}/made/children`,
        afterMs: 2500,
        status: 200,
        answer: { value: [REUSED] },
        read: { by: "children", of: ["made"], gives: [{ status: "Completed" }] },
      },
      {
        send: `GET jobs/{=run}?${VERSION}`,
        status: 200,
        answer: { id: "{=ws}/jobs/{=run}", name: "{=run}", type: typeOf("jobs"), systemData: MADE_JOB },
        read: { by: "job", of: ["{=run}"], fails: ["job.is_step", "step"] },
      },
      {
        send: `${HISTORY}/{=run}`,
        status: 200,
        answer: REUSED,
        read: { by: "send", gives: { displayName: "step" } },
      },
    ],
  },
  {
    repository: "Azure/azure-sdk-for-python",
    file:
      "pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobLongRunningtest_pipeline_job_download.json",
    commit: "563adfe1d9ef31b8b37d1dc41e0b5e28bc129e2a",
    recorded: "2023-02",
    given: [COMPONENT_THERE, submitted("made"), {
      send: `GET ${
        BLOBS.replace("/ExperimentRun/dcid.made", "")
      }?restype=container&comp=list&prefix=ExperimentRun/dcid.made/`,
      headers: { authorization: "{=storage}", "x-ms-version": "2021-08-06" },
      afterMs: AT_END,
    }],
    exchanges: [
      {
        send: `GET ${BLOBS}/logs/azureml/stderrlogs.txt`,
        headers: {
          "x-ms-range": "bytes=0-33554431",
          "x-ms-version": "2021-08-06",
          authorization: "{=storage}",
        },
        status: 416,
        answerHeaders: {
          "content-range": "bytes */0",
          "content-type": "application/xml",
          "x-ms-error-code": "InvalidRange",
        },
        answer:
          '\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidRange</Code><Message>The range specified is invalid for the current size of the resource.\nRequestId:{guid}\nTime:{time}</Message></Error>',
        read: { by: "ask", gives: { status: 416 } },
      },
      {
        send: `GET ${BLOBS}/logs/azureml/stderrlogs.txt`,
        headers: { "x-ms-version": "2021-08-06", authorization: "{=storage}" },
        status: 200,
        answerHeaders: {
          "content-length": "0",
          "content-type": "application/octet-stream",
          "x-ms-blob-type": "AppendBlob",
          "x-ms-blob-committed-block-count": "0",
        },
        read: { by: "ask", gives: { status: 200 } },
      },
    ],
  },
];
