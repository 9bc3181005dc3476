import {
  createAzurePipeline,
  createHttpClient,
  createPipelineRequest,
  isRestError,
} from "../net/azure_http.ts";
import type { Context } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { isFields, parsedJson } from "../fields.ts";
import { type Cloud, CLOUDS, isKnownAuthority, STORAGE_SCOPE } from "./azure_clouds.ts";
import { isSafe } from "./hosts.ts";
import { networkError } from "../net/network_error.ts";
import { trimEnd } from "../text/trim.ts";

/** The parts of a Context that are needed to find a cloud. */
export type CloudContext =
  & Pick<Context, "env" | "fetch" | "fs" | "clock" | "signal">
  & Partial<Pick<Context, "random">>;

/** @internal One cloud in the response of `/metadata/endpoints`. */
export interface CloudMetadata {
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
export async function readMetadata(ctx: CloudContext, url: string): Promise<readonly CloudMetadata[]> {
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
export function sameOrigin(url: string, origin: string): boolean {
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
export function requireAddress(url: string, where: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && isSafe(parsed)) return trimEnd(url, "/");
  const problem = parsed?.protocol === "http:" ? "would send tokens unencrypted" : "is not a URL";
  throw new UserError(`The address in ${where} ${problem}: "${url}"`, {
    code: "cloud.address",
    hint: "Write it as https://host/path",
  });
}
