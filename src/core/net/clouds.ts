import { requireSmall } from "../files.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { trimEnd } from "../format.ts";
import { isFields, parsedJson } from "../json.ts";
import { createAzurePipeline, createHttpClient, createPipelineRequest, isRestError } from "./azure_http.ts";
import { type Cloud, CLOUDS, isKnownAuthority, isSafe, newPageKey, STORAGE_SCOPE } from "./cloud_hosts.ts";
import { networkError } from "./network_error.ts";

export { type Cloud, CLOUDS };

/**
 * Chooses the cloud by environment variables.
 *
 * - `KEDRO_AZUREML_CLOUD_FILE` names a file that describes the cloud and takes precedence over the next two.
 * - `AZUREML_CURRENT_CLOUD` names one of {@linkcode CLOUDS} or of the clouds that `ARM_CLOUD_METADATA_URL` lists.
 * - With `ARM_CLOUD_METADATA_URL` alone, the cloud is the one whose Resource Manager has that address, else the only
 *   one listed.
 * - `AZURE_AUTHORITY_HOST` replaces the authority of any of these.
 *
 * @throws {UserError} `cloud.*` when the cloud is unknown, `network.*` when its metadata cannot be read.
 */
export async function loadCloud(ctx: CloudContext): Promise<Cloud> {
  const cloud = withAuthority(await chosenCloud(ctx), ctx.env.AZURE_AUTHORITY_HOST || undefined);
  const { env: { KEDRO_AZUREML_EMULATOR, AZURE_CLIENT_SECRET: secret }, random } = ctx;
  if (!KEDRO_AZUREML_EMULATOR || !secret) return cloud;
  return { ...cloud, newStudioKey: () => newPageKey(secret, cloud.studio, random) };
}

async function chosenCloud(ctx: CloudContext): Promise<Cloud> {
  const name = ctx.env.AZUREML_CURRENT_CLOUD || undefined;
  const metadataUrl = ctx.env.ARM_CLOUD_METADATA_URL || undefined;
  const file = ctx.env.KEDRO_AZUREML_CLOUD_FILE || undefined;
  if (file !== undefined) return chooseListed(await readCloudFile(ctx, file), { name, file });
  if (name !== undefined && Object.hasOwn(CLOUDS, name)) return CLOUDS[name]!;
  if (metadataUrl !== undefined) {
    return chooseCloud(await readMetadata(ctx, metadataUrl), { name, metadataUrl });
  }
  if (name !== undefined) throw unknownCloud(name, Object.keys(CLOUDS));
  return CLOUDS.AzureCloud!;
}

function withAuthority(cloud: Cloud, host: string | undefined): Cloud {
  if (host === undefined) return cloud;
  const authority = requireAddress(
    /^https?:\/\//.test(host) ? host : `https://${host}`,
    "AZURE_AUTHORITY_HOST",
  );
  return { ...cloud, authority, isKnownAuthority: isKnownAuthority(authority) };
}

function chooseCloud(
  listed: readonly CloudMetadata[],
  { name, metadataUrl }: { name: string | undefined; metadataUrl: string },
): Cloud {
  const { origin } = new URL(metadataUrl);
  const isHere = ({ resourceManager }: CloudMetadata) =>
    resourceManager !== undefined && sameOrigin(resourceManager, origin);
  const chosen = name !== undefined
    ? listed.find((cloud) => cloud.name === name)
    : listed.find(isHere) ?? (listed.length === 1 ? listed[0] : undefined);
  if (chosen !== undefined) return toCloud(chosen, origin);
  throw notChosen(listed, name, metadataUrl);
}

/** A file that describes a single cloud selects it, whatever its name. */
function chooseListed(
  listed: readonly CloudMetadata[],
  { name, file }: { name: string | undefined; file: string },
): Cloud {
  const chosen = listed.length === 1 ? listed[0] : listed.find((cloud) => cloud.name === name);
  if (chosen !== undefined) return toCloud(chosen, requireAddress(chosen.resourceManager!, `"${file}"`));
  throw notChosen(listed, name, file);
}

function notChosen(listed: readonly CloudMetadata[], name: string | undefined, where: string): UserError {
  const names = listed.map((cloud) => cloud.name ?? "(no name)");
  if (name !== undefined) return unknownCloud(name, [...Object.keys(CLOUDS), ...names]);
  return new UserError(`Cannot choose a cloud: ${where} lists ${names.length} clouds`, {
    // cloud.not_chosen: Several clouds are listed. Set AZUREML_CURRENT_CLOUD to one of them.
    code: "cloud.not_chosen",
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${names.join(", ")}`,
    data: { clouds: names },
  });
}

function unknownCloud(name: string, names: readonly string[]): UserError {
  return new UserError(`Unknown cloud "${name}"`, {
    // cloud.unknown: The cloud is unknown. Set AZUREML_CURRENT_CLOUD to a known one, or describe yours with
    //   `--cloud-file`.
    code: "cloud.unknown",
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${
      names.join(", ")
    }, or describe yours with \`--cloud-file\` or ARM_CLOUD_METADATA_URL`,
    data: { clouds: names },
  });
}

/** A cloud as `az cloud show` prints it, plus settings for Azure ML. */
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
async function readCloudFile(
  { fs }: Pick<Context, "fs">,
  path: string,
): Promise<readonly CloudMetadata[]> {
  await requireSmall({ fs }, path, path);
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
    // cloud.file: The cloud file cannot be read. Write it with `az cloud show`.
    code: "cloud.file",
    hint: "Write it with `az cloud show --name <cloud> > cloud.json`, then use `--cloud-file cloud.json`",
    cause,
  });
}

type CloudContext = Pick<Context, "env" | "fetch" | "fs" | "clock" | "signal" | "random">;

/** One cloud in the response of `/metadata/endpoints`. */
interface CloudMetadata {
  readonly name?: string;
  readonly portal?: string;
  readonly resourceManager?: string;
  readonly authentication?: { readonly loginEndpoint?: string; readonly audiences?: readonly string[] };
  readonly suffixes?: { readonly storage?: string };
  readonly mlAudience?: string;
  readonly studio?: string;
  readonly mlApiSuffix?: string;
  readonly hosts?: readonly string[];
}

/**
 * Requests the metadata of a cloud, which may list several clouds.
 *
 * @throws {UserError} `network.*` when the host cannot be reached, `cloud.metadata` when the response is not valid.
 */
async function readMetadata(ctx: CloudContext, url: string): Promise<readonly CloudMetadata[]> {
  const action = "read the cloud's metadata";
  requireAddress(url, "ARM_CLOUD_METADATA_URL");
  const request = createPipelineRequest({ url, abortSignal: ctx.signal, timeout: 15_000 });
  const response = await createAzurePipeline({ ...ctx, maxTimeoutRetries: 1 }).sendRequest(
    createHttpClient(ctx.fetch),
    request,
  ).catch(
    (thrown: unknown) => {
      throw isRestError(thrown) ? networkError(action, url, thrown) : thrown;
    },
  );
  const listed = response.status === 200 ? cloudsIn(response.bodyAsText ?? "") : undefined;
  if (listed !== undefined) return listed;
  const content = response.status === 200 ? "something that is not JSON" : `status ${response.status}`;
  throw new UserError(`Cannot ${action}: ${new URL(url).host} answered with ${content}`, {
    // cloud.metadata: ARM_CLOUD_METADATA_URL did not answer with the metadata of a cloud. Correct the
    //   address.
    code: "cloud.metadata",
    exit: response.status === 200 ? ExitCode.Config : ExitCode.Unavailable,
    hint:
      "Set ARM_CLOUD_METADATA_URL to https://<Resource Manager>/metadata/endpoints?api-version=2019-05-01",
  });
}

/** Newer versions of the operation return a single cloud, older ones a list. */
function cloudsIn(text: string): readonly CloudMetadata[] | undefined {
  const value = parsedJson(text);
  return isFields(value) ? [value as CloudMetadata] : Array.isArray(value) ? value : undefined;
}

/** Whether a URL has this origin; `false` for text that is not a URL. */
function sameOrigin(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin;
}

/**
 * Converts metadata to a cloud. Defaults: Resource Manager is the host that returned the metadata; the audience of
 * Azure ML and Studio are `https://ml.azure.<suffix>` with the portal's suffix, as in Azure's own SDK.
 *
 * @param origin Origin of the URL that the metadata came from.
 * @throws {UserError} `cloud.metadata` or `cloud.address` when the metadata is incomplete or has an invalid address.
 */
export function toCloud(metadata: CloudMetadata, origin: string): Cloud {
  const name = metadata.name ?? new URL(origin).host;
  const where = `the metadata of cloud "${name}"`;
  const login = metadata.authentication?.loginEndpoint;
  if (login === undefined) {
    throw new UserError(`Cannot use cloud "${name}": its metadata has no authentication.loginEndpoint`, {
      code: "cloud.metadata",
      hint: "Ask the cloud's operator, or set AZURE_AUTHORITY_HOST and AZUREML_CURRENT_CLOUD",
    });
  }
  const authority = requireAddress(login, where);
  const resourceManager = requireAddress(metadata.resourceManager ?? origin, where);
  const audience = managementAudience(new URL(resourceManager).origin, metadata.authentication?.audiences);
  const ml = requireAddress(
    metadata.mlAudience ?? `https://ml.azure.${portalSuffix(metadata.portal)}`,
    where,
  );
  const publicCloud = Object.values(CLOUDS).find((cloud) => cloud.resourceManager === resourceManager);
  const studio = requireAddress(metadata.studio ?? publicCloud?.studio ?? ml, where);
  return {
    name,
    authority,
    isKnownAuthority: isKnownAuthority(authority),
    resourceManager,
    resourceManagerScope: `${requireAddress(audience, where)}/.default`,
    mlScope: `${ml}/.default`,
    storageSuffix: metadata.suffixes?.storage ?? "core.windows.net",
    storageScope: STORAGE_SCOPE,
    mlApiSuffix: metadata.mlApiSuffix ?? publicCloud?.mlApiSuffix,
    studio,
    ...(metadata.hosts !== undefined && { hosts: metadata.hosts }),
  };
}

/** The end of the portal's host: `example.org` for `https://portal.azure.example.org/`, else `com`. */
function portalSuffix(portal: string | undefined): string {
  const host = portal !== undefined && URL.canParse(portal) ? new URL(portal).hostname : "";
  return /^[a-z][^.]*\.[^.]+\.(.+)$/i.exec(host)?.[1] ?? "com";
}

/** The audience that matches Resource Manager's own origin, else the first one listed, as Azure CLI chooses it. */
function managementAudience(resourceManager: string, audiences: readonly string[] = []): string {
  return audiences.find((audience) => sameOrigin(audience, resourceManager)) ?? audiences[0] ??
    resourceManager;
}

/**
 * Validates an address and removes trailing slashes.
 *
 * @param where The variable or file that has the address, for the error.
 * @throws {UserError} `cloud.address` unless it is an HTTPS URL, or an HTTP URL of this machine.
 */
function requireAddress(url: string, where: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && isSafe(parsed)) return trimEnd(url, "/");
  const problem = parsed?.protocol === "http:" ? "would send tokens unencrypted" : "is not a URL";
  throw new UserError(`The address in ${where} ${problem}: "${url}"`, {
    // cloud.address: An address of the cloud is invalid or not HTTPS. Write it as https://host/path.
    code: "cloud.address",
    hint: "Write it as https://host/path",
  });
}
