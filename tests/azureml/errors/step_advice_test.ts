import { match, ok, strictEqual } from "node:assert/strict";
import { causeOf } from "../../../src/core/python_log.ts";
import { KNOWN_FAILURES, runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { makeWorld } from "../../cli/world.ts";
import { advise, testAdvice, WHERE } from "./advice_cases.ts";

testAdvice([
  [
    "a service that was refused access",
    "UserError: Response status code does not indicate success: 403 (Exception of type 'Microsoft.MachineLearning.Common.WebApi.Exceptions.ForbiddenException' was thrown).",
  ],
  [
    "outputs that Azure ML could not register",
    "Failed to upload outputs due to: Failure in UpdateRun while calling service RunHistory; HttpMethod: PATCH; Response StatusCode: BadRequest",
  ],
  [
    "a container that failed without a reason",
    "OrchestrateJobError: Docker container `x-execution-wrapper` failed with status code `1` and it was not possible to extract the structured error due to response error: None",
  ],
  [
    "a failed run without a reason",
    "[2019-05-19 07:04:19Z] Job failed, job RunId is d0ae0538. Error: null",
  ],
  [
    "a service of Azure that failed",
    "azure.core.exceptions.HttpResponseError: Operation returned an invalid status 'InternalServerError'",
  ],
], import.meta.url);

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
    const advice = advise(said, { ...WHERE, compute: "serverless" })!;
    ok(!/az ml compute|compute's identity/.test(advice), advice);
    match(advice, said === "CredentialUnavailableError" ? /a cluster that has one$/ : /your own identity/);
    ok(!advice.includes("role assignment") || advice.includes("--assignee <your object id> --role "), advice);
  }
});

Deno.test("KNOWN_FAILURES cites a source for each failure", () => {
  for (const { is, read } of KNOWN_FAILURES) match(read, /^https:\/\//, String(is));
});

Deno.test("runAdvice() returns undefined for failures of the project's code", () => {
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
      "the exception before warnings and earlier output",
      `WARNING trt: No module named 'tensorrt'\n${RETRIED}\n${raised("MemoryError")}`,
      /^The step needs more memory/,
    ],
    [
      "nothing before an exception of the project",
      `${RETRIED}\n${raised("ValueError: no rows")}`,
      undefined,
      "Container `x-execution-wrapper` failed with status code `1`",
    ],
    [
      "Azure's own words before an exception that was handled",
      raised("ModuleNotFoundError: No module named 'tensorrt'"),
      /^The step needs more memory/,
      "Execution failed. User process '/bin/bash' exited with status code 137. Please check log file 'user_logs/std_log.txt' for error details.",
    ],
    [
      "what a process printed before the exception about it",
      `JAVA_HOME is not set\n${
        raised("subprocess.CalledProcessError: Command 'spark-submit' returned non-zero exit status 1.")
      }`,
      /^Spark needs Java/,
    ],
    [
      "the end of a log before the rest",
      `bash: git: command not found\n${"working\n".repeat(12)}/bin/bash: line 1:    25 Killed     kedro`,
      /^The step needs more memory/,
    ],
    [
      "the last attempt of pip",
      `WARNING: Retrying (Retry(total=4)) after ${RETRIED}\nWARNING: Retrying (Retry(total=0)) after ${RETRIED}\nERROR: No matching distribution found for kedro`,
      /^The compute's network does not reach the host/,
    ],
    [
      "the cause that a vague message does not name",
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

Deno.test("runAdvice() has a placeholder in commands for an unnamed compute", () => {
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
  Deno.test(`runAdvice() says the same for ${others.join(" and for ")} as for ${code}`, () => {
    const advice = advise(code);
    ok(advice !== undefined);
    for (const said of others) strictEqual(advise(said), advice);
  });
}

Deno.test("submit --wait-for-completion names the identity that lacks a role", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { outcome: { failingSteps: { count: "ErrorCode:AuthorizationPermissionMismatch" } } },
  });
  strictEqual(await kedroAzureml("submit -j main --wait-for-completion"), 1);
  match(ctx.stderr(), /hint: The step uses the compute's identity, .*--name cpu-cluster/);
});
