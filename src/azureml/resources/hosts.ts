import type { Context, Proxy } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { fields, parsedJson } from "../../core/json.ts";
import { isError } from "../../core/net/azure_http.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import { isInRange, proxyFor } from "../../core/net/proxy.ts";
import type { Workspace } from "../client/workspace.ts";
import { getWorkspace } from "./kinds.ts";

export interface Endpoint {
  /** A host name or an address; starts with `*.` if only the workspace can tell the exact host in a domain. */
  readonly host: string;
  readonly port: number;
  readonly protocol: "https" | "http";
  readonly purpose: string;
  /** What connects to it: this program, or a browser that opens its links. */
  readonly by: "program" | "browser";
  /** The proxy for the connection; `undefined` for a direct one. */
  readonly proxy: Pick<Proxy, "host" | "port" | "from"> | undefined;
}

export interface KnownHosts {
  readonly api?: string | undefined;
  /** URL of the default datastore's storage account. */
  readonly blob?: string | undefined;
}

type Draft = Omit<Endpoint, "proxy" | "host" | "port" | "protocol"> & { readonly url: string };

/**
 * Lists every host and port that this program connects to in a cloud, and those that a sign-in in the browser needs.
 * Sends no request: hosts that only a workspace can tell are given as a domain.
 *
 * @throws {UserError} `network.proxy_address`.
 */
export function listEndpoints(
  { cloud, env, known = {} }: { cloud: Cloud; env: Context["env"]; known?: KnownHosts },
): readonly Endpoint[] {
  const program = (url: string, purpose: string): Draft => ({ url, purpose, by: "program" });
  const api = known.api ?? (cloud.mlApiSuffix && `https://*.${cloud.mlApiSuffix}`);
  const drafts: readonly Draft[] = [
    program(cloud.authority, "Entra ID: every sign-in"),
    ...(ALIASES[cloud.authority] ?? []).map((url) => program(url, "Entra ID: every sign-in")),
    program(cloud.resourceManager, "Resource Manager: workspace, jobs, schedules, assets"),
    ...(api ? [program(api, "Azure ML: steps and logs of jobs, as the workspace's discoveryUrl says")] : []),
    program(
      known.blob ?? `https://*.blob.${cloud.storageSuffix}`,
      "Storage: upload of code, logs; the account of the workspace's default datastore",
    ),
    ...issuers(env).map(([url, purpose]) => program(url, purpose)),
    { url: cloud.studio, purpose: "Azure ML Studio: links to jobs", by: "browser" },
    ...(cloud.isKnownAuthority ? SIGN_IN_PAGES : []).map((host): Draft => ({
      url: `https://${host}`,
      purpose: "pages of the sign-in",
      by: "browser",
    })),
  ];
  return unique(drafts.map((draft) => toEndpoint(draft, env)));
}

/** Hosts that Entra ID, or MSAL (`preferred_network`), redirects an authority's clients to. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  "https://login.chinacloudapi.cn": ["https://login.partner.microsoftonline.cn"],
};

/** Domains that the sign-in pages load from, as in Microsoft's list for firewalls ("Allow the Azure portal URLs"). */
const SIGN_IN_PAGES = ["*.msauth.net", "*.msftauth.net"];

/** The service that issues the federated token, if the environment names one. */
function issuers(env: Context["env"]): readonly (readonly [url: string, purpose: string])[] {
  const usesManagedIdentity = /^(prod|managed-identity|managedidentitycredential)$/i.test(
    env.AZURE_TOKEN_CREDENTIALS ?? "",
  );
  const imds = usesManagedIdentity && !env.AZURE_POD_IDENTITY_AUTHORITY_HOST
    ? [["http://169.254.169.254", "managed identity, on Azure's own machines"] as const]
    : [];
  return [...named(env), ...imds];
}

function named(env: Context["env"]): readonly (readonly [url: string, purpose: string])[] {
  return ISSUERS.flatMap(([name, purpose]) => {
    const url = env[name];
    return url && URL.canParse(url) ? [[url, `${purpose} (${name})`] as const] : [];
  });
}

const ISSUERS: readonly (readonly [name: string, purpose: string])[] = [
  ["ACTIONS_ID_TOKEN_REQUEST_URL", "GitHub Actions: assertions for the sign-in"],
  ["SYSTEM_OIDCREQUESTURI", "Azure Pipelines: assertions for the sign-in"],
  ["IDENTITY_ENDPOINT", "managed identity"],
  ["MSI_ENDPOINT", "managed identity of Azure ML compute"],
  ["AZURE_POD_IDENTITY_AUTHORITY_HOST", "managed identity"],
  ["ARM_CLOUD_METADATA_URL", "the cloud's description of itself"],
];

function toEndpoint({ url, ...rest }: Draft, env: Context["env"]): Endpoint {
  // A star cannot be part of a host name; what NO_PROXY says about the domain also applies to its hosts.
  const { protocol, hostname, port } = new URL(url.replace("//*.", "//any."));
  const isPlain = protocol === "http:";
  const proxy = proxyFor(new URL(url.replace("//*.", "//any.")), env);
  return {
    host: url.includes("//*.") ? `*.${hostname.slice("any.".length)}` : hostname,
    port: port === "" ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? "http" : "https",
    ...rest,
    proxy: proxy && { host: proxy.host, port: proxy.port, from: proxy.from },
  };
}

function unique(all: readonly Endpoint[]): readonly Endpoint[] {
  return [...Map.groupBy(all, ({ host, port, by }) => `${host}:${port}:${by}`).values()].map((same) => ({
    ...same[0]!,
    purpose: same.map(({ purpose }) => purpose).join("; "),
  }));
}

/**
 * The error for a host that only allows private endpoints but resolves to a public address on this machine.
 *
 * @param addresses Addresses of the host; empty if a proxy resolves it.
 * @returns `undefined` if at least one address is private, or if none is known.
 */
export function privateLinkError(
  title: string,
  url: string,
  addresses: readonly string[],
): UserError | undefined {
  if (
    addresses.length === 0 || addresses.some((address) => PRIVATE.some((range) => isInRange(address, range)))
  ) return undefined;
  const { hostname } = new URL(url);
  return new UserError(
    `Cannot use ${title}: ${hostname} resolves to the public address ${
      addresses[0]
    }, but only private endpoints are allowed`,
    {
      // network.private_link: The workspace only accepts private endpoints, but its name resolves to a public
      //   address. Connect to its network.
      code: "network.private_link",
      hint:
        `Connect to the workspace's network (VPN, jump host), and link the private DNS zone ${
          zoneOf(hostname)
        } ` +
        "to the network whose DNS this machine uses",
      data: { host: hostname, addresses },
    },
  );
}

/** The private DNS zone that Azure uses for a host. */
function zoneOf(hostname: string): string {
  const domain = /\.(blob\..+)$/.exec(hostname)?.[1] ?? /\.(api\..+)$/.exec(hostname)?.[1] ??
    hostname.split(".").slice(1).join(".");
  return `privatelink.${domain}`;
}

/** Private networks: RFC 1918 and 6598, loopback, link-local, and unique local addresses. */
const PRIVATE = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  ...["::1", "fc00::/7", "fe80::/10"],
];

/**
 * Finds the base URL of a workspace's services, such as run history, in its discovery document; with a private link
 * it differs from the region's URL. Has no trailing slash.
 *
 * @param known `properties.discoveryUrl` of the workspace, if it was read before.
 * @throws {UserError} `run_history.not_found` if the document does not contain it, `azure.*`, `network.*`.
 */
export async function findApi(workspace: Workspace, known?: string): Promise<string> {
  const action = "find the workspace's run history";
  const discoveryUrl = known ?? (await getWorkspace(workspace)).discoveryUrl;
  if (discoveryUrl !== undefined) {
    const response = await workspace.ask({ action, method: "GET", url: discoveryUrl });
    if (response.status === 401 || response.status === 403) throw workspace.refused(action, response);
    const api = isError(response) ? undefined : readApi(response.bodyAsText ?? "");
    if (api !== undefined) return api.replace(/\/$/, "");
  }
  throw new UserError(`Cannot ${action}: the workspace's discovery document does not name it`, {
    // run_history.not_found: The workspace does not name its run history. Open the job in Azure ML studio.
    code: "run_history.not_found",
    exit: ExitCode.Unavailable,
    hint: "Open the job in Azure ML studio: `kedro-azureml job open`",
  });
}

/** Parses the document; `undefined` for anything else, such as a proxy's page. */
function readApi(text: string): string | undefined {
  const { api } = fields(parsedJson(text));
  return typeof api === "string" && URL.canParse(api) ? api : undefined;
}
