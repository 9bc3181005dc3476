import type { CloudMetadata } from "./metadata.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { isFields, parsedJson } from "../fields.ts";

/** @internal A cloud as `az cloud show` prints it, plus settings for Azure ML. */
interface CloudFile {
  readonly name?: string;
  readonly endpoints?: {
    readonly activeDirectory?: string | null;
    readonly activeDirectoryResourceId?: string | null;
    readonly resourceManager?: string | null;
    readonly portal?: string | null;
  };
  readonly suffixes?: { readonly storageEndpoint?: string | null };
  readonly endpointActiveDirectory?: string;
  readonly endpointActiveDirectoryResourceId?: string;
  readonly endpointResourceManager?: string;
  readonly suffixStorageEndpoint?: string;
  readonly azureml?: {
    readonly audience?: string;
    readonly studio?: string;
    readonly apiSuffix?: string;
    readonly hosts?: readonly string[];
  };
}

/**
 * Reads the clouds that a file describes: in the format of `az cloud show`, of `az cloud register --cloud-config`, or
 * of Resource Manager's `/metadata/endpoints`. In addition, `azureml` may set the `audience` of Azure ML's tokens,
 * the address of `studio`, the `apiSuffix` of workspace hosts, and further `hosts` that tokens may be sent to.
 *
 * @throws {UserError} `cloud.file` when the file cannot be read or describes no cloud.
 */
export async function readCloudFile(
  { fs }: Pick<Context, "fs">,
  path: string,
): Promise<readonly CloudMetadata[]> {
  let text: string;
  try {
    text = await fs.readText(path);
  } catch (thrown) {
    const missing = thrown instanceof Deno.errors.NotFound;
    throw fileError(path, missing ? "file not found" : "the file cannot be read", thrown);
  }
  const value = parsedJson(text);
  const clouds = (Array.isArray(value) ? value : [value]).map((cloud) =>
    isFields(cloud) ? toMetadata(cloud as CloudFile) : undefined
  );
  if (clouds.length === 0 || clouds.some((cloud) => cloud === undefined)) {
    throw fileError(path, "it is not JSON with the endpoints of Entra ID and Resource Manager");
  }
  return clouds as readonly CloudMetadata[];
}

function toMetadata(file: CloudFile & CloudMetadata): CloudMetadata | undefined {
  const { endpoints = {}, azureml = {}, authentication } = file;
  const login = authentication?.loginEndpoint ?? file.endpointActiveDirectory ?? endpoints.activeDirectory;
  const manager = file.resourceManager ?? file.endpointResourceManager ?? endpoints.resourceManager;
  const audience = file.endpointActiveDirectoryResourceId ?? endpoints.activeDirectoryResourceId;
  const storage = file.suffixes?.storage ?? file.suffixStorageEndpoint ?? file.suffixes?.storageEndpoint;
  const portal = file.portal ?? endpoints.portal;
  const { hosts = [], ...addresses } = azureml;
  if (!Array.isArray(hosts)) return undefined;
  const texts = [login, manager, audience, storage, portal, ...Object.values(addresses), ...hosts];
  if (!login || !manager || texts.some((text) => text && typeof text !== "string")) return undefined;
  return {
    ...(file.name && { name: file.name }),
    ...(portal && { portal }),
    resourceManager: manager,
    authentication: {
      loginEndpoint: login,
      audiences: authentication?.audiences ?? (audience ? [audience] : []),
    },
    ...(storage && { suffixes: { storage: storage.replace(/^\./, "") } }),
    ...(azureml.audience && { mlAudience: azureml.audience }),
    ...(azureml.studio && { studio: azureml.studio }),
    ...(azureml.apiSuffix && { mlApiSuffix: azureml.apiSuffix.replace(/^\./, "") }),
    ...(hosts.length > 0 && { hosts }),
  };
}

function fileError(path: string, problem: string, cause?: unknown): UserError {
  return new UserError(`Cannot read the cloud file "${path}": ${problem}`, {
    code: "cloud.file",
    hint: "Write it with `az cloud show --name <cloud> > cloud.json`, then use `--cloud-file cloud.json`",
    cause,
  });
}
