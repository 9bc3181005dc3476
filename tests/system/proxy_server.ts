/** A proxy on the loopback interface that only supports CONNECT. */
export interface ProxyServer {
  readonly port: number;
  /** Received requests: host and port, and user and password. */
  readonly asked: { readonly target: string; readonly user: string | undefined; readonly status: number }[];
  close(): void;
}

/** Options of a proxy. */
export interface ProxyOptions {
  /** Returns the loopback port that replaces a target. */
  readonly portOf: (target: string) => number;
  /** `user:password`; others are rejected with 407. */
  readonly login?: string;
}

const DEMANDS = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=corp\r\n" +
  "Proxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";

/** Starts a proxy. */
export function openProxy({ portOf, login }: ProxyOptions): ProxyServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: ProxyServer["asked"] = [];
  const open = new Set<Deno.TcpConn>();
  const forward = async (client: Deno.TcpConn) => {
    const head = await readHead(client);
    const [, target = ""] = /^CONNECT (\S+)/.exec(head) ?? [];
    const basic = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1];
    const user = basic === undefined ? undefined : atob(basic);
    const status = login === undefined || user === login ? 200 : 407;
    asked.push({ target, user, status });
    if (status === 407) {
      await client.write(new TextEncoder().encode(DEMANDS));
      return client.close();
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port: portOf(target) });
    open.add(server);
    const via = `Via: 1.1 ${"proxy.".repeat(100)}example\r\n`;
    await client.write(new TextEncoder().encode(`HTTP/1.1 200 Connected\r\n${via}\r\n`));
    await Promise.all([client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
  };
  (async () => {
    for await (const client of listener) {
      open.add(client);
      forward(client).catch(() => closeQuietly(client));
    }
  })();
  return {
    port: listener.addr.port,
    asked,
    close() {
      listener.close();
      for (const one of open) closeQuietly(one);
    },
  };
}

function closeQuietly(one: Deno.TcpConn): void {
  try {
    one.close();
  } catch {
    // The other side has closed it.
  }
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
