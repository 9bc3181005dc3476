import { createAzurePipeline, createHttpClient, createPipelineRequest, isRestError } from "./azure_http.ts";
import type { Context } from "./context.ts";
import { ExitCode, UserError } from "./errors.ts";
import { networkError } from "./network_error.ts";

/** Where one Azure cloud is; no address ends with a slash. */
export interface Cloud {
  readonly name: string;
  /** Entra ID, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Whether the authority is one that Microsoft's own instance discovery knows. */
  readonly isKnownAuthority: boolean;
  /** Azure Resource Manager, such as `https://management.azure.com`. */
  readonly resourceManager: string;
  /** The scope of Resource Manager's tokens. */
  readonly resourceManagerScope: string;
  /** The scope of the service's own tokens, such as `https://ml.azure.com/.default`. */
  readonly mlScope: string;
  /** What follows `<account>.blob.` in the name of a blob host, such as `core.windows.net`. */
  readonly storageSuffix: string;
  readonly storageScope: string;
  /** Azure ML Studio, such as `https://ml.azure.com`. */
  readonly studio: string;
}

/** What {@linkcode loadCloud} needs of a Context. */
export type CloudContext =
  & Pick<Context, "env" | "fetch" | "clock" | "signal">
  & Partial<Pick<Context, "random">>;

const STORAGE_SCOPE = "https://storage.azure.com/.default";

/** The clouds that are known without asking, by the names that Azure CLI gives them. */
export const CLOUDS: Readonly<Record<string, Cloud>> = {
  AzureCloud: {
    name: "AzureCloud",
    authority: "https://login.microsoftonline.com",
    isKnownAuthority: true,
    resourceManager: "https://management.azure.com",
    resourceManagerScope: "https://management.azure.com/.default",
    mlScope: "https://ml.azure.com/.default",
    storageSuffix: "core.windows.net",
    storageScope: STORAGE_SCOPE,
    studio: "https://ml.azure.com",
  },
  AzureUSGovernment: {
    name: "AzureUSGovernment",
    authority: "https://login.microsoftonline.us",
    isKnownAuthority: true,
    resourceManager: "https://management.usgovcloudapi.net",
    resourceManagerScope: "https://management.usgovcloudapi.net/.default",
    mlScope: "https://ml.azure.us/.default",
    storageSuffix: "core.usgovcloudapi.net",
    storageScope: STORAGE_SCOPE,
    studio: "https://ml.azure.us",
  },
  AzureChinaCloud: {
    name: "AzureChinaCloud",
    authority: "https://login.chinacloudapi.cn",
    isKnownAuthority: true,
    resourceManager: "https://management.chinacloudapi.cn",
    resourceManagerScope: "https://management.chinacloudapi.cn/.default",
    mlScope: "https://ml.azure.cn/.default",
    storageSuffix: "core.chinacloudapi.cn",
    storageScope: STORAGE_SCOPE,
    studio: "https://studio.ml.azure.cn",
  },
};

/**
 * Finds the cloud that the environment names.
 *
 * `AZUREML_CURRENT_CLOUD` names one of {@linkcode CLOUDS}, or one of those that `ARM_CLOUD_METADATA_URL` lists. Where
 * only the latter is set, the cloud is the one whose Resource Manager has that address, else the only one listed.
 * `AZURE_AUTHORITY_HOST` replaces the authority of either.
 *
 * @throws {UserError} `cloud.*` when there is no such cloud, `network.*` when its metadata cannot be read.
 */
export async function loadCloud(ctx: CloudContext): Promise<Cloud> {
  const name = ctx.env.AZUREML_CURRENT_CLOUD || undefined;
  const metadataUrl = ctx.env.ARM_CLOUD_METADATA_URL || undefined;
  const cloud = name !== undefined && CLOUDS[name] !== undefined
    ? CLOUDS[name]
    : metadataUrl !== undefined
    ? chooseCloud(await readMetadata(ctx, metadataUrl), { name, metadataUrl })
    : name === undefined
    ? CLOUDS.AzureCloud!
    : unknownCloud(name, Object.keys(CLOUDS));
  return withAuthority(cloud, ctx.env.AZURE_AUTHORITY_HOST || undefined);
}

function withAuthority(cloud: Cloud, host: string | undefined): Cloud {
  if (host === undefined) return cloud;
  const authority = address(/^https?:\/\//.test(host) ? host : `https://${host}`, "AZURE_AUTHORITY_HOST");
  return { ...cloud, authority, isKnownAuthority: isKnown(authority) };
}

function isKnown(authority: string): boolean {
  return Object.values(CLOUDS).some((cloud) => cloud.authority === authority);
}

/** @internal One cloud as `/metadata/endpoints` describes it. */
export interface CloudMetadata {
  readonly name?: string;
  readonly portal?: string;
  readonly resourceManager?: string;
  readonly authentication?: { readonly loginEndpoint?: string; readonly audiences?: readonly string[] };
  readonly suffixes?: { readonly storage?: string };
  readonly mlAudience?: string;
  readonly studio?: string;
}

async function readMetadata(ctx: CloudContext, url: string): Promise<readonly CloudMetadata[]> {
  const action = "read the cloud's metadata";
  address(url, "ARM_CLOUD_METADATA_URL");
  const request = createPipelineRequest({ url, abortSignal: ctx.signal });
  const answer = await createAzurePipeline(ctx).sendRequest(createHttpClient(ctx.fetch), request).catch(
    (thrown: unknown) => {
      throw isRestError(thrown) ? networkError(action, url, thrown) : thrown;
    },
  );
  const listed = answer.status === 200 ? parsed(answer.bodyAsText ?? "") : undefined;
  if (listed !== undefined) return listed;
  const found = answer.status === 200 ? "no JSON" : `status ${answer.status}`;
  throw new UserError(`Cannot ${action}: ${new URL(url).host} answered with ${found}`, {
    code: "cloud.metadata",
    exit: answer.status === 200 ? ExitCode.Config : ExitCode.Unavailable,
    hint:
      "Set ARM_CLOUD_METADATA_URL to https://<Resource Manager>/metadata/endpoints?api-version=2019-05-01",
  });
}

/** Newer versions of the operation answer with one cloud, older ones with a list. */
function parsed(text: string): readonly CloudMetadata[] | undefined {
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    return Array.isArray(value) ? value : [value];
  } catch {
    return undefined;
  }
}

function chooseCloud(
  listed: readonly CloudMetadata[],
  { name, metadataUrl }: { name: string | undefined; metadataUrl: string },
): Cloud {
  const { origin } = new URL(metadataUrl);
  const found = name !== undefined
    ? listed.find((cloud) => cloud.name === name)
    : listed.find((cloud) =>
      cloud.resourceManager !== undefined && sameOrigin(cloud.resourceManager, origin)
    ) ??
      (listed.length === 1 ? listed[0] : undefined);
  if (found !== undefined) return toCloud(found, origin);
  const names = listed.map((cloud) => cloud.name ?? "(no name)");
  if (name !== undefined) return unknownCloud(name, [...Object.keys(CLOUDS), ...names]);
  throw new UserError(`Cannot choose a cloud: ${metadataUrl} lists ${names.length} clouds`, {
    code: "cloud.not_chosen",
    exit: ExitCode.Config,
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${names.join(", ")}`,
    data: { clouds: names },
  });
}

function sameOrigin(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin;
}

/**
 * Turns metadata into a cloud. What it leaves out: Resource Manager is where the metadata came from; the service's
 * audience and Studio are `https://ml.azure.<suffix>`, the suffix being the portal's, as Azure's own SDK has it.
 */
function toCloud(metadata: CloudMetadata, origin: string): Cloud {
  const name = metadata.name ?? new URL(origin).host;
  const where = `the metadata of cloud "${name}"`;
  const login = metadata.authentication?.loginEndpoint;
  if (login === undefined) {
    throw new UserError(`Cannot use cloud "${name}": its metadata names no authentication.loginEndpoint`, {
      code: "cloud.metadata",
      exit: ExitCode.Config,
      hint: "Ask the cloud's operator, or set AZURE_AUTHORITY_HOST and AZUREML_CURRENT_CLOUD",
    });
  }
  const authority = address(login, where);
  const resourceManager = address(metadata.resourceManager ?? origin, where);
  const audience = managementAudience(new URL(resourceManager).origin, metadata.authentication?.audiences);
  const ml = address(metadata.mlAudience ?? `https://ml.azure.${portalSuffix(metadata.portal)}`, where);
  const studio = address(metadata.studio ?? ml, where);
  return {
    name,
    authority,
    isKnownAuthority: isKnown(authority),
    resourceManager,
    resourceManagerScope: `${address(audience, where)}/.default`,
    mlScope: `${ml}/.default`,
    storageSuffix: metadata.suffixes?.storage ?? "core.windows.net",
    storageScope: STORAGE_SCOPE,
    studio,
  };
}

/** `https://portal.azure.example.org/` has `example.org`; one that is no such name has `com`. */
function portalSuffix(portal: string | undefined): string {
  const host = portal !== undefined && URL.canParse(portal) ? new URL(portal).hostname : "";
  return /^[a-z][^.]*\.[^.]+\.(.+)$/i.exec(host)?.[1] ?? "com";
}

/** The audience that Resource Manager itself has, else the first that the metadata lists, as Azure CLI does. */
function managementAudience(resourceManager: string, audiences: readonly string[] = []): string {
  return audiences.find((audience) => sameOrigin(audience, resourceManager)) ?? audiences[0] ??
    resourceManager;
}

function address(url: string, where: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, "");
  throw new UserError(`Cannot use the address in ${where}: "${url}" is not a URL`, {
    code: "cloud.address",
    exit: ExitCode.Config,
    hint: "Write it as https://host/path",
  });
}

function unknownCloud(name: string, names: readonly string[]): never {
  throw new UserError(`Cannot find the cloud "${name}"`, {
    code: "cloud.unknown",
    exit: ExitCode.Config,
    hint: `Set AZUREML_CURRENT_CLOUD to one of ${
      names.join(", ")
    }, or name yours with ARM_CLOUD_METADATA_URL`,
    data: { clouds: names },
  });
}
