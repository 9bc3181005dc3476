import { emulatorPageKey } from "../../core/emulator_page.ts";

/** Base URLs of the emulator's services, without a trailing slash. */
export interface Links {
  readonly authority: string;
  readonly resourceManager: string;
  /** Run history and discovery. */
  readonly api: string;
  /** Run history and discovery through the private endpoint of a workspace. */
  privateApi(workspaceId: string): string;
  readonly studio: string;
  /** What follows the query of a link to a run: the key of a served emulator's pages. */
  readonly studioKey: string;
  /** The `endpoint` of datastores. */
  readonly storageEndpoint: string;
  blob(account: string): string;
}

/** The service that a URL belongs to, and the path, which is percent-encoded and starts with a slash. */
export type ServicePath =
  | { readonly service: "entra" | "metadata" | "resourceManager" | "api"; readonly path: string }
  | { readonly service: "blob"; readonly account: string; readonly path: string };

/** Creates the base URLs: Azure's own, or all at one origin. */
export function createLinks(origin: string | undefined, identitySecret: string): Links {
  return {
    authority: origin ?? "https://login.microsoftonline.com",
    resourceManager: origin ?? "https://management.azure.com",
    api: origin ?? "https://eastus.api.azureml.ms",
    privateApi: (id) => origin ?? `https://${id}.workspace.eastus.api.azureml.ms`,
    studio: origin ?? "https://ml.azure.com",
    studioKey: origin === undefined ? "" : `&key=${emulatorPageKey(identitySecret)}`,
    storageEndpoint: origin ? new URL(origin).host : "core.windows.net",
    blob: (account) => origin ? `${origin}/${account}` : `https://${account}.blob.core.windows.net`,
  };
}

/** Finds the service of a URL, by host or path; `undefined` if there is none. */
export function locate(url: URL, accounts: readonly string[]): ServicePath | undefined {
  const { hostname, pathname: path } = url;
  if (path === "/metadata/endpoints") return { service: "metadata", path };
  if (hostname.startsWith("login.")) return { service: "entra", path };
  if (hostname.startsWith("management.")) return { service: "resourceManager", path };
  if (hostname.endsWith(".api.azureml.ms")) return { service: "api", path };
  const host = /^([a-z0-9]+)\.blob\./.exec(hostname);
  if (host !== null) return { service: "blob", account: host[1]!, path };
  return locateByPath(path, accounts);
}

function locateByPath(path: string, accounts: readonly string[]): ServicePath | undefined {
  const [first = "", ...rest] = path.slice(1).split("/");
  if (accounts.includes(first)) return { service: "blob", account: first, path: `/${rest.join("/")}` };
  if (/^(subscriptions|tenants|providers)$/i.test(first)) return { service: "resourceManager", path };
  if (/^(data|discovery|environment|history|mlflow)$/i.test(first)) return { service: "api", path };
  if (/\/(oauth2|\.well-known|discovery\/instance)(\/|$)/.test(path)) return { service: "entra", path };
  return undefined;
}
