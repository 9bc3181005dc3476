import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import type { EmulatorOptions } from "../../src/emulator/world/options.ts";
import { makeCertificate } from "./network.ts";
import { openProxy, type ProxyServer } from "./proxy_server.ts";

/** Azure's own hosts, which can be reached only through a proxy that reads along. */
export interface AzureBehindProxy {
  readonly azure: Emulator;
  /** Address of the proxy with its user and password. */
  readonly proxy: string;
  /** The certificate authority that signs what the proxy shows, as a PEM file. */
  readonly ca: string;
  readonly asked: ProxyServer["asked"];
  /** What Azure's hosts were told of the proxy's password, which is none of their business. */
  readonly overheard: readonly string[];
  close(): Promise<void>;
}

/** The password has all that must be encoded in a URL. */
export const USER = { name: "ada", password: "p@ss:w/rd#1%" };

const HOSTS = [
  "login.microsoftonline.com",
  "management.azure.com",
  "*.api.azureml.ms",
  "*.blob.core.windows.net",
];

/**
 * Opens a proxy that demands a user, and that shows for every host a certificate of a private authority, as the
 * inspecting proxies of companies do; an emulator answers for all hosts.
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
