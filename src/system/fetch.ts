import type { Proxy } from "../core/context.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import { connectionCode, networkSays } from "../core/net/network_error.ts";
import { proxyFor } from "../core/net/proxy.ts";
import { openRelay, type Relay } from "./proxy_relay.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** An HTTP client, and the relay to its proxy if Deno cannot use that proxy directly. */
interface Route {
  readonly client: Deno.HttpClient;
  readonly relay?: Relay | undefined;
}

/**
 * Creates the program's only access to the network. Each request is a single attempt over kept-alive connections,
 * through the proxy that {@linkcode proxyFor} returns for its URL, trusting every certificate authority that the
 * machine or the user configures.
 *
 * @throws {UserError} `network.ca_file`, `network.proxy_address` from the returned function.
 */
export function createFetch(env: Env): (request: Request) => Promise<Response> {
  // Keyed by the variable that names the proxy, and by the protocol of the requests.
  const routes = new Map<string, Promise<Route>>();
  let authorities: Promise<string[]> | undefined;
  const open = async (proxy: Proxy | undefined, protocol: string): Promise<Route> => {
    const caCerts = await (authorities ??= readAuthorities(env));
    if (proxy === undefined) return { client: createClient({ caCerts }) };
    const needsRelay = protocol === "https:" && proxy.user !== undefined && proxy.url.startsWith("http:");
    const relay = needsRelay ? openRelay(proxy) : undefined;
    return { client: createClient({ caCerts, proxy: relay?.proxy ?? toDenoProxy(proxy) }), relay };
  };
  return async (request) => {
    const url = new URL(request.url);
    const proxy = proxyFor(url, env);
    const key = proxy === undefined ? "" : `${proxy.from} ${url.protocol}`;
    if (!routes.has(key)) routes.set(key, open(proxy, url.protocol));
    const { client, relay } = await routes.get(key)!;
    try {
      return await fetch(request, { client });
    } catch (thrown) {
      throw proxy === undefined
        ? thrown
        : throughProxy(thrown, proxy, relay?.refusal(`${url.hostname}:${url.port || 443}`));
    }
  };
}

/** Says that the proxy failed; Deno's own message names only the URL of the request. */
function throughProxy(thrown: unknown, { host, port, from }: Proxy, refusal: string | undefined): unknown {
  if (!(thrown instanceof TypeError) || connectionCode(thrown) === "CERTIFICATE") return thrown;
  return new TypeError(`proxy ${host}:${port} of ${from}: ${refusal ?? networkSays(thrown)}`);
}

function toDenoProxy({ url, user }: Proxy): Deno.Proxy {
  const transport = url.startsWith("socks5") ? "socks5" : url.startsWith("https:") ? "https" : "http";
  return {
    transport,
    url,
    ...(user && { basicAuth: { username: user.name, password: user.password } }),
  };
}

/** Variables that name a PEM file with additional certificate authorities; every one that is set counts. */
const CA_FILES = ["KEDRO_AZUREML_CA_FILE", "SSL_CERT_FILE", "DENO_CERT", "NODE_EXTRA_CA_CERTS"] as const;

/** Variables that Deno reads when it creates an HTTP client; which ones, and in which order, depends on its version. */
const DENO_READS = [
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
  ...["NO_PROXY", "no_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "DENO_CERT", "NODE_EXTRA_CA_CERTS", "DENO_TLS_CA_STORE"],
] as const;

/**
 * Reads the certificate authorities that are trusted in addition to Mozilla's and the machine's own.
 *
 * @returns PEM texts.
 * @throws {UserError} `network.ca_file` when a file cannot be read or does not contain certificates.
 */
export async function readAuthorities(env: Env): Promise<string[]> {
  const files = new Map<string, string>();
  for (const name of CA_FILES) {
    const path = env[name];
    if (path && !files.has(path)) files.set(path, name);
  }
  return await Promise.all([...files].map(([path, name]) => readCa(path, name)));
}

/**
 * Creates an HTTP client that trusts Mozilla's authorities, the machine's own store and `caCerts`, and uses no proxy
 * except the one in its options. `DENO_TLS_CA_STORE` can restrict which of the two stores are used.
 *
 * Deno reads its variables while it creates a client, so they are removed during that call and then restored. The
 * call is synchronous: nothing else runs meanwhile, and child processes get the original values.
 */
export function createClient(options: Deno.CreateHttpClientOptions): Deno.HttpClient {
  const kept = DENO_READS.map((name) => [name, Deno.env.get(name)] as const);
  for (const [name] of kept) Deno.env.delete(name);
  Deno.env.set("DENO_TLS_CA_STORE", new Map(kept).get("DENO_TLS_CA_STORE") || "mozilla,system");
  try {
    return Deno.createHttpClient(options);
  } finally {
    Deno.env.delete("DENO_TLS_CA_STORE");
    for (const [name, value] of kept) {
      if (value !== undefined) Deno.env.set(name, value);
    }
  }
}

/** Whether TLS accepts each certificate in a PEM text; Deno also accepts text without any. */
function isUsable(text: string): boolean {
  try {
    createClient({ caCerts: [text] }).close();
    return text.includes("-----BEGIN CERTIFICATE-----");
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}

async function readCa(path: string, name: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (thrown) {
    const missing = thrown instanceof Deno.errors.NotFound;
    throw caError(path, missing ? "file not found" : "the file cannot be read", name, thrown);
  }
  if (isUsable(text)) return text;
  throw caError(path, "it is not a list of certificates in PEM", name);
}

function caError(path: string, problem: string, name: string, cause?: unknown): UserError {
  const where = name === "KEDRO_AZUREML_CA_FILE" ? "--ca-file (or KEDRO_AZUREML_CA_FILE)" : name;
  return new UserError(`Cannot read the certificate authorities in "${path}": ${problem}`, {
    // network.ca_file: The file of certificate authorities cannot be used. Correct SSL_CERT_FILE or
    //   `--ca-file`.
    code: "network.ca_file",
    exit: ExitCode.Usage,
    hint: `Set ${where} to a PEM file with your organization's certificate authority, or unset it`,
    cause,
  });
}
