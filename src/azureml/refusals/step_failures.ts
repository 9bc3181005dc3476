import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import { BLOB_ROLE } from "./roles.ts";

/** Where a step ran. */
export interface RanOn {
  /** Name of its compute; `undefined` for serverless. */
  readonly compute: string | undefined;
  readonly workspace: Pick<WorkspaceConfig, "name" | "resource_group">;
}

/**
 * Explains what to do about a step that was denied access: it uses the compute's identity, not that of the user who
 * submitted the job.
 *
 * @param said Azure's message and the end of the step's log.
 * @returns `undefined` for other failures.
 */
export function runAdvice(said: string, where: RanOn): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(said))?.[1](where);
}

const compute = (name: string, { workspace, compute: found }: RanOn) =>
  `az ml compute ${name} --name ${found ?? "<compute>"} --resource-group ${workspace.resource_group} ` +
  `--workspace-name ${workspace.name}`;

/** A shell expression that yields the object id of the compute's identity. */
const principal = (where: RanOn) => `"$(${compute("show", where)} --query identity.principal_id -o tsv)"`;

/**
 * Patterns in the logs of failed steps, and what to do. For Azure's codes see
 * https://github.com/MicrosoftDocs/azure-docs/issues/120843, for those of storage
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes.
 */
const ADVICE: readonly (readonly [RegExp, (where: RanOn) => string])[] = [
  [
    /AuthorizationPermissionMismatch|perform this operation using this permission|StreamAccess\.Authentication|WriteStreams\.Authentication/,
    (where) =>
      "The compute's identity, which the step uses, has no role for the blobs; ask an owner to run " +
      `\`az role assignment create --assignee ${principal(where)} --role "${BLOB_ROLE}" ` +
      "--scope <id of the storage account>`",
  ],
  [
    /KeyBasedAuthenticationNotPermitted/,
    () =>
      "The datastore uses an account key, but key access is disabled on the storage account; recreate the datastore without " +
      "credentials, so that the compute's identity is used",
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
      `The compute has no managed identity; ask an owner to run \`${
        compute("update", where)
      } --identity-type SystemAssigned\` and to assign it roles`,
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
      "The compute's identity may not pull the environment's image; ask an owner to run " +
      `\`az role assignment create --assignee ${
        principal(where)
      } --role AcrPull --scope <id of the registry>\``,
  ],
];
