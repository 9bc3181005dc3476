import { createEmulator, type Emulator, type EmulatorOptions } from "../fakes/emulator.ts";
import { makeCertificate } from "./network.ts";
import { openProxy, type ProxyServer } from "./proxy_server.ts";

/** Azure's hosts, reachable only through a proxy that intercepts TLS. */
export interface AzureBehindProxy {
  readonly azure: Emulator;
  /** URL of the proxy with user and password. */
  readonly proxy: string;
  /** PEM file of the authority that signs the proxy's certificates. */
  readonly ca: string;
  readonly asked: ProxyServer["asked"];
  /** Proxy credentials that reached Azure's hosts, which must not happen. */
  readonly overheard: readonly string[];
  close(): Promise<void>;
}

/** The password has characters that must be encoded in a URL. */
export const USER = { name: "ada", password: "p@ss:w/rd#1%" };

const HOSTS = [
  "login.microsoftonline.com",
  "management.azure.com",
  "*.api.azureml.ms",
  "*.blob.core.windows.net",
];

/**
 * Opens a proxy that requires a login and intercepts TLS with a private authority, as proxies of companies do;
 * an emulator answers for all hosts.
 */
export async function openAzureBehindProxy(options: EmulatorOptions): Promise<AzureBehindProxy> {
  const azure = createEmulator({
    ...options,
    clock: { now: () => new Date(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
  });
  const dir = await Deno.makeTempDir();
  await makeCertificate(dir, HOSTS.map((host) => `DNS:${host}`));
  const stop = new AbortController();
  const overheard: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    cert: await Deno.readTextFile(`${dir}/server.pem`),
    key: await Deno.readTextFile(`${dir}/server.key`),
  }, (request) => {
    const said = request.headers.get("proxy-authorization");
    if (said !== null) overheard.push(said);
    return azure.fetch(request);
  });
  const proxy = openProxy({ portOf: () => server.addr.port, login: `${USER.name}:${USER.password}` });
  const login = `${encodeURIComponent(USER.name)}:${encodeURIComponent(USER.password)}`;
  return {
    azure,
    proxy: `http://${login}@127.0.0.1:${proxy.port}`,
    ca: `${dir}/ca.pem`,
    asked: proxy.asked,
    overheard,
    async close() {
      stop.abort();
      proxy.close();
      await server.finished;
      await Deno.remove(dir, { recursive: true });
    },
  };
}
