import type { Proxy } from "../core/context.ts";
import { acceptAll, closeQuietly } from "./serve.ts";

/** A local server that forwards connections of this process through a proxy that requires a user name and password. */
export interface Relay {
  /** The proxy settings for a client, including the relay's own password. */
  readonly proxy: Deno.Proxy;
  /** Why the proxy refused the last connection to `host:port`; `undefined` if it connected. */
  refusal(target: string): string | undefined;
}

/**
 * Opens a relay to an HTTP proxy that requires a password, because Deno cannot use one safely: it repeats the
 * password to the target host, inside the tunnel (observed with 2.6.10 and 2.9.6; `http_forward_auth` in its
 * `ext/fetch/proxy.rs` does not check the scheme). Deno gets a SOCKS5 proxy (RFC 1928, 1929) on the loopback
 * interface with a password of this process; only the relay sends the real password, and only to the real proxy.
 */
export function openRelay(proxy: Proxy): Relay {
  const login = { username: "relay", password: crypto.randomUUID() };
  const refusals = new Map<string, string | undefined>();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.unref();
  const { waiting, end } = acceptAll(listener, (client) => {
    client.unref();
    const know = () => void waiting.delete(client);
    relay(client, { proxy, login, know, tell: (target, refusal) => refusals.set(target, refusal) })
      .catch(() => {}).then(() => end(client));
  }, new AbortController().signal);
  return {
    proxy: { transport: "socks5", url: `socks5h://127.0.0.1:${listener.addr.port}`, basicAuth: login },
    refusal: (target) => refusals.get(target),
  };
}

interface Relaying {
  readonly proxy: Proxy;
  readonly login: { readonly username: string; readonly password: string };
  /** Notes that the client is of this process. */
  readonly know: () => void;
  readonly tell: (target: string, refusal: string | undefined) => void;
}

/** An IPv4 address and a port, in the place of the server's, which no client needs. */
const NO_ADDRESS = new Uint8Array(6);

/** Serves one connection. A refusal is reported through `tell`; the client only sees the connection close. */
async function relay(client: Deno.TcpConn, { proxy, login, know, tell }: Relaying): Promise<void> {
  await authenticate(client, login);
  know();
  const target = await readTarget(client);
  let server: Deno.TcpConn;
  try {
    server = await tunnel(proxy, target);
  } catch (thrown) {
    tell(target, (thrown as Error).message);
    throw thrown;
  }
  tell(target, undefined);
  try {
    await client.write(new Uint8Array([5, 0, 0, 1, ...NO_ADDRESS]));
    await Promise.all([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
  } finally {
    closeQuietly(server);
  }
}

async function authenticate(client: Deno.TcpConn, { username, password }: Relaying["login"]): Promise<void> {
  const [, methods] = await take(client, 2);
  await take(client, methods!);
  await client.write(new Uint8Array([5, 2]));
  const [, userLength] = await take(client, 2);
  const user = await take(client, userLength!);
  const [passwordLength] = await take(client, 1);
  const isLogin = text(user) === username && text(await take(client, passwordLength!)) === password;
  await client.write(new Uint8Array([1, isLogin ? 0 : 1]));
  if (!isLogin) throw new Deno.errors.PermissionDenied("Not of this process");
}

/** Reads the target of a SOCKS5 request. Deno sends host names unresolved. */
async function readTarget(client: Deno.TcpConn): Promise<string> {
  const [, , , kind] = await take(client, 4);
  const host = kind === 1
    ? [...await take(client, 4)].join(".")
    : kind === 4
    ? `[${hex(await take(client, 16))}]`
    : text(await take(client, (await take(client, 1))[0]!));
  const [high, low] = await take(client, 2);
  return `${host}:${high! * 256 + low!}`;
}

/** @throws {Error} whose message says what is wrong with the proxy. */
async function tunnel({ host, port, user }: Proxy, target: string): Promise<Deno.TcpConn> {
  const server = await Deno.connect({ hostname: host, port });
  server.unref();
  try {
    await server.write(new TextEncoder().encode(connectHead(target, user)));
    const status = /^HTTP\/\d\.\d (\d+)/.exec(await readHead(server))?.[1];
    if (status === "407") throw new Error("proxy authentication required (407)");
    if (status?.[0] !== "2") {
      throw new Error(
        status === undefined ? "unsuccessful tunnel: it is no HTTP proxy" : `unsuccessful tunnel (${status})`,
      );
    }
    return server;
  } catch (thrown) {
    closeQuietly(server);
    throw thrown;
  }
}

/** The head of the request to an HTTP proxy for a tunnel to `host:port`. */
export function connectHead(target: string, user: Proxy["user"]): string {
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`];
  if (user !== undefined) {
    const bytes = new TextEncoder().encode(`${user.name}:${user.password}`);
    lines.push(`Proxy-Authorization: Basic ${btoa(String.fromCharCode(...bytes))}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Reads byte by byte, because whatever follows the head comes from the target host. */
async function readHead(server: Deno.TcpConn): Promise<string> {
  let head = "";
  while (!head.endsWith("\r\n\r\n") && head.length < 16_384) head += text(await take(server, 1));
  return head;
}

async function take(connection: Deno.TcpConn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await connection.read(bytes.subarray(at));
    if (read === null) throw new Deno.errors.UnexpectedEof("The connection ended");
    at += read;
  }
  return bytes;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function hex(bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.match(/.{4}/g)!.join(":");
}
