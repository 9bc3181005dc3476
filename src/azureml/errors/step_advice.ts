import type { WorkspaceConfig } from "../../config/types.ts";
import { BLOB_ROLE, identityLine, principalLine, roleCommand } from "./roles.ts";

interface RanOn {
  readonly compute: string | undefined;
  readonly workspace: WorkspaceConfig;
}

/**
 * Explains what to do about a step that failed because of where it ran: it uses the compute's identity, not that of
 * the user who submitted the job, and has only the files, packages and variables that it was given.
 *
 * @param said Azure's message and the end of the step's log.
 * @returns `undefined` for other failures.
 */
export function runAdvice(said: string, where: RanOn): string | undefined {
  for (const [pattern, advice] of ADVICE) {
    const match = pattern.exec(said);
    if (match !== null) return advice(where, match[1] ?? "");
  }
  return undefined;
}

/** Placeholder in a command for a compute that Azure did not name. */
const UNKNOWN = "<compute>";

/**
 * The identity that a step uses. On serverless compute it is that of the user by default, as
 * https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute says.
 */
const identity = (where: RanOn) =>
  where.compute === "serverless" ? "your own identity" : "the compute's identity";

/** Asks for a role of that identity on a resource whose id is not known. */
function askOwner({ workspace, compute = UNKNOWN }: RanOn, role: string, resource: string): string {
  const assignee = compute === "serverless" ? "<your object id>" : principalLine(workspace, compute);
  return `ask an owner to run \`${roleCommand({ role, scope: `<id of the ${resource}>`, assignee })}\``;
}

const missingVariable = (name: string) => `Pass the variable to the steps with \`--env-var ${name}=VALUE\``;

/**
 * Patterns in the logs of failed steps, and what to do. For Azure's codes see
 * https://github.com/MicrosoftDocs/azure-docs/issues/120843, for those of storage
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.
 */
const ADVICE: readonly (readonly [RegExp, (where: RanOn, found: string) => string])[] = [
  [
    /KeyBasedAuthenticationNotPermitted/,
    (where) =>
      "The datastore uses an account key, but key access is disabled on the storage account; recreate the datastore without " +
      `credentials, so that ${identity(where)} is used`,
  ],
  [
    /StreamAccess\.Authentication|WriteStreams\.Authentication/,
    (where) =>
      "The step could not open the datastore. If the datastore uses an account key (`az ml datastore show` says so), allow " +
      "key access on the storage account, or recreate the datastore without credentials. Without a key, the step uses " +
      `${identity(where)}: ${askOwner(where, BLOB_ROLE, "storage account")}`,
  ],
  [
    /AuthorizationPermissionMismatch|perform this operation using this permission/,
    (where) =>
      `The step uses ${identity(where)}, which has no role for the blobs; ` +
      askOwner(where, BLOB_ROLE, "storage account"),
  ],
  [
    /AuthorizationFailure|not authorized to perform this operation\./,
    () =>
      "The firewall of the storage account blocks the compute's network; allow that network, or add a private " +
      "endpoint",
  ],
  [
    /CredentialUnavailableError|ManagedIdentityCredential authentication unavailable|DefaultAzureCredential failed/,
    (where) =>
      where.compute === "serverless"
        ? "Serverless compute has no managed identity; run the step on a cluster that has one"
        : "The compute has no managed identity; ask an owner to run " +
          `\`${identityLine(where.workspace, where.compute ?? UNKNOWN)}\` and to assign it roles`,
  ],
  [
    /StreamAccess\.NotFound|Found no resources for the input/,
    () =>
      "The step that makes this input wrote nothing to its output. Where that dataset is in the catalog, make it an " +
      "AzureMLPipelineDataset, or remove it from the catalog; `kedro-azureml validate` names it",
  ],
  [
    /No such command 'azureml'|kedro: command not found/,
    () =>
      "Add kedro-azureml-pipeline to the environment of the steps; `kedro-azureml init --environment` writes one " +
      "that has it",
  ],
  [
    /(pull|image).*(unauthorized|denied|authentication required)/i,
    (where) =>
      `The step uses ${identity(where)}, which may not pull the environment's image; ` +
      askOwner(where, "AcrPull", "registry"),
  ],
  [
    // https://github.com/Azure/MachineLearningNotebooks/issues/1242
    /\bPreemptionError\b/,
    () =>
      "Azure took back the low-priority nodes of the step; rerun the job with `--from-failed`, or use a cluster with " +
      "dedicated nodes",
  ],
  [
    /exceeded its time limit/,
    () => "Increase `limits.timeout` of the job in azureml.yml, which applies to each step",
  ],
  [
    /\bcd: (?:can't cd to |(?=.+: No such file or directory$))([^:\n]+)/m,
    (_, folder) =>
      `The image has no folder ${folder}; correct \`execution.working_directory\` in azureml.yml, or set ` +
      "`code_directory` to upload the code",
  ],
  [
    /\bNo module named '?([\w.]+)/,
    (_, module) =>
      `Add the package that provides "${module}" to the environment of the steps; if it is the project's own, run ` +
      "`kedro-azureml files` to check that it is uploaded",
  ],
  [
    /\bEnvironment variable '(\w+)' not found/,
    (_, name) => missingVariable(name),
  ],
  [
    /\benviron\b[^]*\bKeyError: '(\w+)'/,
    (_, name) => missingVariable(name),
  ],
  [
    /\bData for MemoryDataset has not been saved yet/,
    () => "Each node runs in its own process; remove the dataset from the catalog, so that it is saved",
  ],
  [
    /\bFileNotFoundError\b|\[Errno 2\] No such file or directory/,
    () =>
      "A step has only the uploaded files and the datasets that it reads; run `kedro-azureml files` to see which files " +
      "are excluded, and pass files of another step as a dataset",
  ],
];
