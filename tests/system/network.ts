import { openProxy } from "./proxy_server.ts";

/** A certificate authority, a server with its certificate, and a proxy, until `close()`. */
export interface Network {
  /** Path of the certificate authority's PEM file. */
  readonly ca: string;
  readonly dir: string;
  /**
   * Port of the HTTPS server, which answers with the path and its number of the connection; for `/login`, with the login
   * for a proxy that it was sent.
   */
  readonly httpsPort: number;
  readonly proxyPort: number;
  /** Requests to the proxy: host and port, and user and password. */
  proxied(): string[];
  forget(): void;
  close(): Promise<void>;
}

/** Starts the network on the loopback interface. */
export async function openNetwork(): Promise<Network> {
  const dir = await Deno.makeTempDir();
  await makeCertificate(dir, ["DNS:localhost", "IP:127.0.0.1"]);
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    cert: await Deno.readTextFile(`${dir}/server.pem`),
    key: await Deno.readTextFile(`${dir}/server.key`),
  }, ({ url, headers }, info) => {
    const { pathname } = new URL(url);
    const login = `${pathname} ${headers.get("proxy-authorization") ?? "without a login"}`;
    return new Response(pathname === "/login" ? login : `${pathname} ${info.remoteAddr.port}`);
  });
  const proxy = openProxy({ portOf: (target) => Number(target.split(":").at(-1)) });
  return {
    ca: `${dir}/ca.pem`,
    dir,
    httpsPort: server.addr.port,
    proxyPort: proxy.port,
    proxied: () => proxy.asked.map(({ user, target }) => user === undefined ? target : `${user}@${target}`),
    forget: () => proxy.asked.splice(0),
    async close() {
      stop.abort();
      proxy.close();
      await server.finished;
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Returns whether openssl is installed. */
export function hasOpenssl(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync().success;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

/** Writes `ca.pem`, `server.pem` and `server.key`: an authority and a server certificate for these names. */
export async function makeCertificate(dir: string, names: readonly string[]): Promise<void> {
  await Deno.writeTextFile(`${dir}/names`, `subjectAltName=${names.join(",")}\n`);
  const ca = "-addext keyUsage=critical,keyCertSign,cRLSign -addext basicConstraints=critical,CA:TRUE";
  await openssl(
    dir,
    `req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=private-ca ${ca}`,
  );
  await openssl(dir, "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost");
  const signing = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names";
  await openssl(dir, `x509 -req -in server.csr -out server.pem ${signing}`);
}

async function openssl(dir: string, line: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("openssl", { args: line.split(" "), cwd: dir }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}
