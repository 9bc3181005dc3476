/** A certificate authority of its own, a server that it vouches for, and a proxy; nothing outlives `close()`. */
export interface Network {
  /** Path of the certificate authority's PEM file. */
  readonly ca: string;
  readonly dir: string;
  /** Port of the HTTPS server, which answers with the path and the number of its connection. */
  readonly httpsPort: number;
  readonly proxyPort: number;
  /** What the proxy was asked for: host and port, and the user and password that came with it. */
  readonly proxied: string[];
  close(): Promise<void>;
}

/** Starts the network on the loopback interface. */
export async function openNetwork(): Promise<Network> {
  const dir = await Deno.makeTempDir();
  await makeCertificates(dir);
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    cert: await Deno.readTextFile(`${dir}/server.pem`),
    key: await Deno.readTextFile(`${dir}/server.key`),
  }, (request, info) => new Response(`${new URL(request.url).pathname} ${info.remoteAddr.port}`));
  const proxy = openProxy();
  return {
    ca: `${dir}/ca.pem`,
    dir,
    httpsPort: server.addr.port,
    proxyPort: proxy.port,
    proxied: proxy.asked,
    async close() {
      stop.abort();
      proxy.close();
      await server.finished;
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Whether certificates can be made here. */
export function hasOpenssl(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync().success;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

async function makeCertificates(dir: string): Promise<void> {
  await Deno.writeTextFile(`${dir}/names`, "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
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

/** A proxy that takes CONNECT only, to any port of the loopback interface whatever the host's name. */
function openProxy() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  const open = new Set<Deno.TcpConn>();
  const forward = async (client: Deno.TcpConn) => {
    const head = await readHead(client);
    const [, target = ""] = /^CONNECT (\S+)/.exec(head) ?? [];
    const basic = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1];
    asked.push(basic === undefined ? target : `${atob(basic)}@${target}`);
    const server = await Deno.connect({ hostname: "127.0.0.1", port: Number(target.split(":")[1]) });
    open.add(server);
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connected\r\n\r\n"));
    await Promise.all([client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
  };
  (async () => {
    for await (const client of listener) {
      open.add(client);
      forward(client).catch(() => {});
    }
  })();
  return {
    port: listener.addr.port,
    asked,
    close() {
      listener.close();
      for (const one of open) {
        try {
          one.close();
        } catch {
          // It has been closed by the other side.
        }
      }
    },
  };
}

async function readHead(client: Deno.TcpConn): Promise<string> {
  let head = "";
  const buffer = new Uint8Array(4096);
  while (!head.includes("\r\n\r\n")) {
    const read = await client.read(buffer);
    if (read === null) break;
    head += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return head;
}
