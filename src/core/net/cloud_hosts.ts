import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Buffer } from "node:buffer";
import type { Random } from "../context.ts";
import { isSame } from "../encoding.ts";
import { UserError } from "../errors.ts";

export type Service = "azureml" | "storage";

/**
 * Throws unless a URL is on a host of the cloud, over HTTPS. Tokens, code and jobs are sent to these hosts only,
 * whatever a response, a datastore, a remembered upload or a redirect names.
 *
 * The hosts are Resource Manager's, those below the cloud's suffixes for Azure ML and storage, and those that the
 * user's cloud file names in `azureml.hosts`. Plain HTTP is allowed only between loopback addresses.
 *
 * @param action As in "Cannot <action>".
 * @param services Services of which one must have the host.
 * @throws {UserError} `network.foreign_host`.
 */
export function requireCloudHost(
  cloud: Cloud,
  { action, url, services = ["azureml", "storage"] }: {
    readonly action: string;
    readonly url: string;
    readonly services?: readonly Service[];
  },
): void {
  if (isCloudHost(cloud, url, services)) return;
  const shown = URL.canParse(url) ? new URL(url).origin : "(not a URL)";
  throw new UserError(`Cannot ${action}: ${shown} is not a host of ${cloud.name}`, {
    // network.foreign_host: A token or code would go to a host that is not the cloud's. Check who can change
    //   the workspace.
    code: "network.foreign_host",
    hint:
      "Check who can change the workspace and its datastores, and HTTPS_PROXY; if your organization runs this " +
      "host, add it to `azureml.hosts` in a cloud file and use `--cloud-file`",
    details: [`Nothing was sent to it. Hosts of the cloud: ${describeHosts(cloud, services).join(", ")}`],
    data: { host: shown },
  });
}

export function isCloudHost(cloud: Cloud, url: string, services: readonly Service[]): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const manager = new URL(cloud.resourceManager);
  if (origin === manager.origin) return isSafe(manager);
  const isPlain = protocol === "http:" && isLoopback(hostname) && isLoopback(manager.hostname);
  if (protocol !== "https:" && !isPlain) return false;
  const { host } = new URL(url);
  return services.some((service) => suffixesOf(cloud, service).some((suffix) => isAt(host, suffix))) ||
    (cloud.hosts ?? []).some((named) => isAt(host, named.replace(/^\*\./, "."))) ||
    services.includes("storage") && host === cloud.storageSuffix && isAddress(host);
}

/** Whether a URL is encrypted, or on this machine. */
export function isSafe({ protocol, hostname }: Pick<URL, "protocol" | "hostname">): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Storage on an address, such as a local emulator's, has the account in the path. */
export function isAddress(host: string): boolean {
  return /^(?:[\d.]+|\[[\da-f:]+\]|localhost)(?::\d+)?$/i.test(host);
}

/** Whether a host is the given one, or below it if that starts with a dot. */
function isAt(host: string, suffix: string): boolean {
  const wanted = suffix.toLowerCase();
  return wanted.startsWith(".") ? host.length > wanted.length && host.endsWith(wanted) : host === wanted;
}

/**
 * Suffixes of a service's hosts. In the public cloud, older workspaces have the discovery document on
 * `<region>.experiments.azureml.net`, and accounts with DNS zones are at `<account>.z<number>.blob.storage.azure.net`.
 * If a cloud does not name its suffix for Azure ML, it is `api.` and the host of the audience, as in all known clouds
 * but the public one.
 */
function suffixesOf({ mlApiSuffix, mlScope, storageSuffix }: Cloud, service: Service): readonly string[] {
  if (service === "storage") {
    const zones = storageSuffix === "core.windows.net" ? [".blob.storage.azure.net"] : [];
    return [`.blob.${storageSuffix}`, ...zones];
  }
  const suffix = mlApiSuffix ?? `api.${new URL(mlScope).hostname}`;
  const older = suffix === "api.azureml.ms" ? [".experiments.azureml.net"] : [];
  return [`.${suffix}`, ...older];
}

function describeHosts(cloud: Cloud, services: readonly Service[]): readonly string[] {
  const suffixes = services.flatMap((service) => suffixesOf(cloud, service)).map((suffix) => `*${suffix}`);
  return [new URL(cloud.resourceManager).host, ...suffixes, ...cloud.hosts ?? []];
}

/** The endpoints of an Azure cloud; no address ends with a slash. */
export interface Cloud {
  readonly name: string;
  /** Entra ID, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Whether the authority is one of Microsoft's own, which its instance discovery knows. */
  readonly isKnownAuthority: boolean;
  /** Azure Resource Manager, such as `https://management.azure.com`. */
  readonly resourceManager: string;
  readonly resourceManagerScope: string;
  /** Scope of tokens for Azure ML, such as `https://ml.azure.com/.default`. */
  readonly mlScope: string;
  /** The part of a blob host name after `<account>.blob.`, such as `core.windows.net`. */
  readonly storageSuffix: string;
  readonly storageScope: string;
  /** The part of a workspace host name after the region; `undefined` if only the workspace itself tells. */
  readonly mlApiSuffix: string | undefined;
  /** Azure ML Studio, such as `https://ml.azure.com`. */
  readonly studio: string;
  /** Makes a key for a link to an emulator's pages. */
  readonly newStudioKey?: () => string;
  /** More hosts of the cloud's services, as the user names them; `*.` stands for any name below. */
  readonly hosts?: readonly string[];
}

/** Storage has the same audience in every cloud. */
export const STORAGE_SCOPE = "https://storage.azure.com/.default";

/** The public clouds, by the names that Azure CLI uses. */
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
    mlApiSuffix: "api.azureml.ms",
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
    mlApiSuffix: "api.ml.azure.us",
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
    mlApiSuffix: "api.ml.azure.cn",
    studio: "https://studio.ml.azure.cn",
  },
};

export function isKnownAuthority(authority: string): boolean {
  return Object.values(CLOUDS).some((cloud) => cloud.authority === authority);
}

/** The origin of an emulator that only one command uses; nothing listens there. */
export const ORIGIN_WITHIN_COMMAND = "https://127.0.0.1:1";

/** Whether an address belongs to an emulator that ends with its command. */
export function endsWithCommand(url: string): boolean {
  return url.startsWith(`${ORIGIN_WITHIN_COMMAND}/`);
}

/**
 * A key for an address of an emulator's pages, which works once: a random text, and its proof. Whoever knows the secret
 * of the emulator's identity can make one.
 *
 * @param pages The origin of the pages.
 */
export function newPageKey(secret: string, pages: string, { number }: Pick<Random, "number">): string {
  const text = number().toString(36).slice(2).padEnd(TEXT_LENGTH, "0").slice(0, TEXT_LENGTH);
  return text + pageProof(secret, pages, text);
}

const TEXT_LENGTH = 8;

/** Whether a key was made with this secret for the pages at this origin. */
export function isPageKey(secret: string, pages: string, key: string): boolean {
  return isSame(key.slice(TEXT_LENGTH), pageProof(secret, pages, key.slice(0, TEXT_LENGTH)));
}

/** What browsers keep that have opened an address with a key. */
export function pageCookie(secret: string, pages: string): string {
  return pageProof(secret, pages, "cookie");
}

function pageProof(secret: string, pages: string, text: string): string {
  const proof = hmac(sha256, Buffer.from(secret), Buffer.from(`pages at ${pages}: ${text}`));
  return Buffer.from(proof).toString("hex").slice(0, 20);
}

/** A new address of an emulator's page of jobs. @param env Its variables. */
export function emulatorPageUrl(
  { pages, env }: { readonly pages: string; readonly env: Readonly<Record<string, string>> },
  random: Pick<Random, "number">,
): string {
  return `${pages}/?key=${newPageKey(env.AZURE_CLIENT_SECRET!, pages, random)}`;
}
