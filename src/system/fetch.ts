import { type Proxy, proxyFor } from "../proxy.ts";
import { createClient, readAuthorities } from "./trust.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Makes the one way to the network: one attempt a request, on connections that are kept; through the proxy that
 * {@linkcode proxyFor} finds for its address, and with every certificate authority that the machine or its user names.
 *
 * @throws {UserError} `network.ca_file`, `network.proxy_address` from the result.
 */
export function createFetch(env: Env): (request: Request) => Promise<Response> {
  // By the variable that names the proxy, which has one value.
  const clients = new Map<string | undefined, Promise<Deno.HttpClient>>();
  let authorities: Promise<string[]> | undefined;
  const open = async (proxy: Proxy | undefined) =>
    createClient({
      caCerts: await (authorities ??= readAuthorities(env)),
      ...(proxy && { proxy: toDenoProxy(proxy) }),
    });
  return async (request) => {
    const proxy = proxyFor(new URL(request.url), env);
    if (!clients.has(proxy?.from)) clients.set(proxy?.from, open(proxy));
    return await fetch(request, { client: await clients.get(proxy?.from)! });
  };
}

function toDenoProxy({ url, user }: Proxy): Deno.Proxy {
  const transport = url.startsWith("socks5") ? "socks5" : url.startsWith("https:") ? "https" : "http";
  return {
    transport,
    url,
    ...(user && { basicAuth: { username: user.name, password: user.password } }),
  };
}
