import { connectionCode, networkSays } from "../core/net/network_error.ts";
import type { Proxy } from "../core/context.ts";
import { proxyFor } from "../core/net/proxy.ts";
import { openRelay, type Relay } from "./proxy_relay.ts";
import { createClient, readAuthorities } from "./certificate_authorities.ts";

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
