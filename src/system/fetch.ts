import { connectionCode, networkSays } from "../core/net/network_error.ts";
import type { Proxy } from "../core/context.ts";
import { proxyFor } from "../core/net/proxy.ts";
import { openRelay, type Relay } from "./proxy_relay.ts";
import { createClient, readAuthorities } from "./certificate_authorities.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A client, and what leads it through its proxy where Deno does not. */
interface Way {
  readonly client: Deno.HttpClient;
  readonly relay?: Relay | undefined;
}

/**
 * Makes the one way to the network: one attempt a request, on connections that are kept; through the proxy that
 * {@linkcode proxyFor} finds for its address, and with every certificate authority that the machine or its user names.
 *
 * @throws {UserError} `network.ca_file`, `network.proxy_address` from the result.
 */
export function createFetch(env: Env): (request: Request) => Promise<Response> {
  // By the variable that names the proxy, which has one value, and by what is asked through it.
  const ways = new Map<string, Promise<Way>>();
  let authorities: Promise<string[]> | undefined;
  const open = async (proxy: Proxy | undefined, protocol: string): Promise<Way> => {
    const caCerts = await (authorities ??= readAuthorities(env));
    if (proxy === undefined) return { client: createClient({ caCerts }) };
    const tells = protocol === "https:" && proxy.user !== undefined && proxy.url.startsWith("http:");
    const relay = tells ? openRelay(proxy) : undefined;
    return { client: createClient({ caCerts, proxy: relay?.proxy ?? toDenoProxy(proxy) }), relay };
  };
  return async (request) => {
    const url = new URL(request.url);
    const proxy = proxyFor(url, env);
    const key = proxy === undefined ? "" : `${proxy.from} ${url.protocol}`;
    if (!ways.has(key)) ways.set(key, open(proxy, url.protocol));
    const { client, relay } = await ways.get(key)!;
    try {
      return await fetch(request, { client });
    } catch (thrown) {
      throw proxy === undefined ? thrown : throughProxy(thrown, proxy, relay?.refusal(targetOf(url)));
    }
  };
}

function targetOf({ hostname, port }: URL): string {
  return `${hostname}:${port || 443}`;
}

/** Says that it was a proxy which could not be reached, or led to nowhere: the request's own address says nothing of it. */
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
