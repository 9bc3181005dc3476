import { match, ok, strictEqual } from "node:assert/strict";
import { runAdvice } from "../../../src/azureml/errors/step_advice.ts";
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

Deno.test("runAdvice() returns undefined for failures of the project's code", () => {
  strictEqual(runAdvice("ValueError: there is no column rows", WHERE), undefined);
  strictEqual(runAdvice("KeyError: 'rows'", WHERE), undefined);
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
