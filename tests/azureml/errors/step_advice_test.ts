import { match, ok, strictEqual } from "node:assert/strict";
import { causeOf } from "../../../src/core/python_log.ts";
import { runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { makeWorld } from "../../cli/world.ts";
import { advise, testAdvice, WHERE } from "./advice_cases.ts";

testAdvice({
  "a service without access":
    "UserError: Response status code does not indicate success: 403 (Exception of type 'Microsoft.MachineLearning.Common.WebApi.Exceptions.ForbiddenException' was thrown).",
  "outputs without registration in Azure ML":
    "Failed to upload outputs due to: Failure in UpdateRun while calling service RunHistory; HttpMethod: PATCH; Response StatusCode: BadRequest",
  "a container's failure without a reason":
    "OrchestrateJobError: Docker container `x-execution-wrapper` failed with status code `1` and it was not possible to extract the structured error due to response error: None",
  "a failed run without a reason": "[2019-05-19 07:04:19Z] Job failed, job RunId is d0ae0538. Error: null",
  "a failed service of Azure":
    "azure.core.exceptions.HttpResponseError: Operation returned an invalid status 'InternalServerError'",
}, import.meta.url);

Deno.test("runAdvice() names the user's identity for serverless compute", () => {
  for (
    const said of [
      "AuthorizationPermissionMismatch",
      "ScriptExecution.StreamAccess.Authentication",
      "KeyBasedAuthenticationNotPermitted",
      "Failed to pull Docker image reg.azurecr.io/x:1: unauthorized",
      "CredentialUnavailableError",
    ]
  ) {
    const advice = advise(said, { ...WHERE, compute: "serverless" })!;
    ok(!/az ml compute|compute's identity/.test(advice), advice);
    match(advice, said === "CredentialUnavailableError" ? /a cluster that has one$/ : /your own identity/);
    ok(!advice.includes("role assignment") || advice.includes("--assignee <your object id> --role "), advice);
  }
});

Deno.test("runAdvice() returns undefined for errors in project code", () => {
  strictEqual(advise("ValueError: there is no column rows"), undefined);
  strictEqual(advise("KeyError: 'rows'"), undefined);
  strictEqual(advise("SyntaxError: EOL while scanning string literal"), undefined);
  strictEqual(advise("PermissionError: [Errno 13] Permission denied: '/images/a.png'"), undefined);
  const warning = "WARNING mlflow.utils.autologging_utils: Changing param values is not allowed.";
  strictEqual(advise(`${warning}\nValueError: no`), undefined);
});

/** A Python exception that code of the project raised, with its traceback. */
const raised = (exception: string) =>
  `Traceback (most recent call last):\n  File "/mnt/wd/src/shop/nodes.py", line 5, in load\n    load()\n${exception}`;
const RETRIED = "NewConnectionError('Failed to establish a new connection: [Errno 101]')";

for (
  const [name, log, advice, message] of [
    [
      "an exception instead of earlier warnings",
      `WARNING trt: No module named 'tensorrt'\n${RETRIED}\n${raised("MemoryError")}`,
      /^The step needs more memory/,
    ],
    [
      "no warning printed before an exception",
      `${RETRIED}\n${raised("ValueError: no rows")}`,
      undefined,
      "Container `x-execution-wrapper` failed with status code `1`",
    ],
    [
      "Azure's error instead of a handled exception",
      raised("ModuleNotFoundError: No module named 'tensorrt'"),
      /^The step needs more memory/,
      "Execution failed. User process '/bin/bash' exited with status code 137. Please check log file 'user_logs/std_log.txt' for error details.",
    ],
    [
      "the output of a failed subprocess",
      `JAVA_HOME is not set\n${
        raised("subprocess.CalledProcessError: Command 'spark-submit' returned non-zero exit status 1.")
      }`,
      /^Spark needs Java/,
    ],
    [
      "the last error of a log",
      `bash: git: command not found\n${"working\n".repeat(12)}/bin/bash: line 1:    25 Killed     kedro`,
      /^The step needs more memory/,
    ],
    [
      "the last attempt of pip",
      `WARNING: Retrying (Retry(total=4)) after ${RETRIED}\nWARNING: Retrying (Retry(total=0)) after ${RETRIED}\nERROR: No matching distribution found for kedro`,
      /^The compute's network does not reach the host/,
    ],
    [
      "the cause behind a vague message",
      raised("FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'"),
      /^A step has only the uploaded files/,
      "Container `x-execution-wrapper` failed with status code `1`",
    ],
  ] as const
) {
  Deno.test(`runAdvice() explains ${name}`, () => {
    const cause = causeOf(log);
    const given = runAdvice({ message, logTail: log, ...(cause && { cause }) }, WHERE);
    if (advice === undefined) strictEqual(given, undefined);
    else match(given ?? "", advice);
  });
}

Deno.test("runAdvice() prints a placeholder for an unknown compute", () => {
  for (const said of ["AuthorizationPermissionMismatch", "CredentialUnavailableError"]) {
    match(advise(said, { ...WHERE, compute: undefined })!, /az ml compute \w+ --name '<compute>' /);
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
  Deno.test(`runAdvice() gives "${code}" and "${others[0]}" the same advice`, () => {
    const advice = advise(code);
    ok(advice !== undefined);
    for (const said of others) strictEqual(advise(said), advice);
  });
}

/** Advice, and messages of public reports for which it is given. */
const WORDINGS: readonly (readonly [advice: RegExp, ...said: string[]])[] = [
  [
    /^The subscription's quota has too few vCPUs of this machine type/,
    "AccountVMSeriesCoreQuotaReached: The specified account has reached VM series core quota",
    "OutOfQuota: Not enough cluster CPU quota. The amount of additional CPU quota requested is 8",
    "You do not have enough quota for the following VM sizes.",
    "ClusterCoreQuotaReached: Operation results in exceeding quota limits of Core. Maximum allowed: 24",
  ],
  [
    /^The subscription's quota has too few low-priority/,
    "Azure Batch Account does not have enough low priority cores quota",
  ],
  [
    /^The cluster may have at most 1 nodes/,
    "Requested 2 nodes but AzureMLCompute cluster only has 1 maximum nodes.",
  ],
  [
    /^The nodes of the Kubernetes compute have no room/,
    "Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    "Job is waiting for available resources, that required for 1 instance with 0.60 vCPU(s)",
  ],
  [
    /^Cluster "[\w-]+" does not exist/,
    "BatchAI cluster '/subscriptions/s1/providers/Microsoft.BatchAI/workspaces/w/clusters/deal-uat'\nwas not found.",
    "UserError: Unknown compute target 'kubeonprem'.",
    "ComputeTargetNotFound: Compute Target with name cpu-2 not found in provided workspace",
  ],
  [
    /^Cluster "cpu-cluster" failed/,
    "Compute object provisioning polling reached a state, current provisioning state: Failed",
  ],
  [
    /^The step uses the compute's identity, which may not pull/,
    "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://shop.azurecr.io/x: 401",
    'Error response from daemon: Get "https://shop.azurecr.io/v2/x/manifests/1": no basic auth credentials',
    "Failed to pull Docker image shop.azurecr.io/x:1.\nThis error may occur because the compute could not authenticate with",
  ],
  [
    /^The compute could not pull/,
    'ImagePullBackOff: Back-off pulling image "shop.azurecr.io/x:1"',
    "Image pull failed, retrying.",
  ],
  [
    /^The registry of the image does not answer, or limits/,
    "failed open: unexpected status code https://mcr.microsoft.com/v2/x/blobs/sha256:d3: 429 Too Many Requests",
    "toomanyrequests: Too many requests. Please visit https://aka.ms/acr/skus#sku-feature-matrix",
  ],
  [
    /^The image was built for another processor/,
    "no matching manifest for linux/amd64 in the manifest list entries",
    "bash: /usr/local/bin/python: cannot execute binary file: Exec format error",
  ],
  [
    /^The image of the environment has no `(?:python|conda)`/,
    "/usr/bin/env: \u2018python\u2019: No such file or directory",
    "/bin/sh: 1: conda: not found",
  ],
  [
    /^The environment's image is past/,
    "The base image x/openmpi4.1.0-ubuntu20.04 has reached end of support.",
  ],
  [
    /^The environment's image could not be built/,
    "Creating conda environment failed with exit code: -15",
    'failed to solve: process "/bin/sh -c conda env create" did not complete successfully: exit code: 1',
    "failed to run step ID: acb_step_0: exit status 1",
    "error    libmamba Could not solve for environment specs",
    "ERROR: Failed building wheel for pyarrow",
    "Deployment failed due to timeout while waiting for Environment Image to become available.",
  ],
  [
    /^The step could not open the datastore/,
    "AzureMLException:\n\tMessage: DataAccessError(PermissionDenied)",
    "StreamError(PermissionDenied(None))\n=> permission denied when access stream. Reason: None",
    "Unable to upload project files to working directory in AzureBlob because the authorization failed.",
  ],
  [
    /^The step uses the compute's identity, which has no role for the blobs/,
    "ScriptExecution.StreamAccess.Authentication: not authorized to perform this operation using this permission.",
  ],
  [
    /^The firewall of the storage account/,
    "StreamAccess.Authentication.AzureIdentityAccessTokenResolution.NetworkIsolationViolated",
    "This storage account's 'Firewalls & virtual networks' settings may be blocking access to storage services.",
  ],
  [
    /^The compute's network does not reach/,
    "DataAccessError(ConnectionFailure { source: Some(Custom { kind: TimedOut, error: 'Request timeout' }) })",
    "Post https://shop.azurecr.io/oauth2/exchange: dial tcp 10.201.3.5:443: i/o timeout",
  ],
  [
    /^The compute has no managed identity/,
    "data-capability.UriMountSession.NoIdentityOnCompute",
    "Unable to mount data store workspaceblobstore. Give either an account key or SAS token",
  ],
  [
    /^The step asks for a managed identity .*AZURE_CLIENT_ID/,
    "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity",
    "ManagedIdentityCredential: No token received.",
  ],
  [
    /^The datastore uses an account key, but/,
    "Key based authentication is not permitted on this storage account.",
  ],
  [
    /^Code of the step asks Azure for M\/read.* --scope '\/s"\$\(id\)'`$/,
    "The client 'c' does not have authorization to perform action 'M/read' over scope '/s\"$(id)'",
  ],
  [
    /^Azure ML does not have the models/,
    "API request to endpoint /api/2.0/mlflow/logged-models failed with error code 404 != 200.",
  ],
  [
    /^This azureml-mlflow is for MLflow 3/,
    "azureml/mlflow/x.py\nTypeError: __init__() takes 2 positional arguments but 4 were given",
  ],
  [
    /^Azure ML takes at most 250 values of a metric/,
    "is over the size limit. FieldName=MetricV2Dto.Value/Count, Limit=250, Size=699",
  ],
  [
    /^One request of MLflow takes at most 100 (?:params|Artifact)/,
    "A batch logging request can contain at most 100 params. Got 150 params.",
    "Operation returned an invalid status 'Artifact batch size exceeded the limit of 100'",
  ],
  [
    /^A value that the step logs .*\(780, at most 500\)/,
    "Param value had length 780, which exceeded length limit of 500",
  ],
  [/^Add kedro-azureml-pipeline/, "sh: 1: kedro: not found", 'Error: No such command "azureml".'],
  [/^Azure throttles/, "(ResourceRequestsThrottled) Number of requests exceeded the limit of '120'"],
  [
    /^The GPU has too little memory/,
    "RuntimeError: CUDA error: out of memory",
    "ResourceExhaustedError: OOM when allocating tensor with shape[64,256] by allocator GPU_0_bfc",
  ],
  [
    /^The step needs more memory/,
    "died with <Signals.SIGKILL: 9>.",
    "DataLoader worker (pid 1) is killed by signal: Killed.",
  ],
  [
    /^The disk of the step's machine/,
    "Disk full while running job. Please consider reducing amount of data accessed",
    "write /opt/conda/lib/libtorch.so: no space left on device",
  ],
  [/^The machine was stopped/, "Nodes of this job got pre-empted."],
  [
    /^Azure ML does not say why/,
    "Container `7b8c-execution-wrapper-init` failed with status code `1`",
    "Got CommonRuntimeJobError from executing command",
    "Job environment preparation failed on 10.0.0.4 with err exit status 1.",
  ],
  [/^Azure ML itself failed/, "An internal server error occurred. Please try again."],
];

for (const [advice, ...wordings] of WORDINGS) {
  Deno.test(`runAdvice() advises: ${advice.source.slice(1)}`, () => {
    for (const said of wordings) match(advise(said) ?? `nothing about ${said}`, advice);
  });
}

Deno.test("runAdvice() reads a long log within a second", () => {
  const pieces = [
    "/mlflow/",
    "image pull ",
    "azurecr.io ",
    "RequestsThrottle",
    "unexpected status code ",
    "cd: ",
  ];
  for (const piece of pieces) {
    const started = performance.now();
    advise(piece.repeat(16_000 / piece.length));
    ok(performance.now() - started < 1_000, piece);
  }
});

Deno.test("submit --wait-for-completion names the identity that lacks a role", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { outcome: { failingSteps: { count: "ErrorCode:AuthorizationPermissionMismatch" } } },
  });
  strictEqual(await kedroAzureml("submit -j main --wait-for-completion"), 1);
  match(ctx.stderr(), /hint: The step uses the compute's identity, .*--name cpu-cluster/);
});
