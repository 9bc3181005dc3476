import { UserError } from "../errors.ts";
import type { Cloud } from "./azure_clouds.ts";

/** Which of a cloud's services a request is for. */
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
    code: "network.foreign_host",
    hint:
      "Check who can change the workspace and its datastores, and HTTPS_PROXY; if your organization runs this " +
      "host, add it to `azureml.hosts` in a cloud file and use `--cloud-file`",
    details: [`Nothing was sent to it. Hosts of the cloud: ${describeHosts(cloud, services).join(", ")}`],
    data: { host: shown },
  });
}

/** Whether a URL is on a host of one of a cloud's services. */
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

/** Whether a host is this machine. */
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
