import type { AddressInfo, Socket } from "node:net";
import type { DetailedPeerCertificate, PeerCertificate } from "node:tls";
import type { Probe, Proxy, ServerCertificate } from "../core/context.ts";
import { connectHead } from "./proxy_relay.ts";

const LIMIT_MS = 5000;
/** Longer than any real certificate chain; some chains are circular. */
const LONGEST_CHAIN = 8;
const TIMED_OUT = "ETIMEDOUT";

/** Probes real connections. Node's modules are loaded on demand, because few commands need them. */
export const systemProbe: Probe = {
  async addresses(host) {
    await withoutDeprecations();
    const { lookup } = await import("node:dns/promises");
    return (await limited(lookup(host, { all: true }))).map(({ address }) => address);
  },
  async connect(host, port) {
    (await open(host, port)).destroy();
  },
  async tunnel(proxy, host, port) {
    const { socket, status, schemes } = await openTunnel(proxy, host, port);
    socket.destroy();
    return { status, schemes };
  },
  async certificates(host, port, proxy) {
    if (proxy === undefined) return await readCertificates({ host, port, name: host });
    const { socket } = await openTunnel(proxy, host, port);
    return await relayed(socket, (at) => readCertificates({ host: "127.0.0.1", port: at, name: host }));
  },
};

/** The runtime's own name resolution loads modules that are deprecated, such as punycode, which users cannot change. */
async function withoutDeprecations(): Promise<void> {
  const { default: process } = await import("node:process");
  process.noDeprecation = true;
}

async function open(host: string, port: number): Promise<Socket> {
  await withoutDeprecations();
  const net = await import("node:net");
  const socket = net.connect(port, host);
  const opened = new Promise<Socket>((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.on("error", reject);
  });
  try {
    return await limited(opened);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

/** Asks an HTTP proxy for a tunnel. A SOCKS proxy is not asked; it counts as working if its port is open. */
async function openTunnel(proxy: Proxy, host: string, port: number) {
  const socket = await open(proxy.host, proxy.port);
  if (!proxy.url.startsWith("http:")) return { socket, status: 200, schemes: [] };
  const target = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  socket.write(connectHead(target, proxy.user));
  try {
    const head = await limited(readHead(socket));
    const schemes = [...head.matchAll(/^proxy-authenticate:\s*(\w+)/gim)].map(([, scheme]) => scheme!);
    return { socket, status: Number(/^HTTP\/\d\.\d (\d+)/.exec(head)?.[1] ?? 0), schemes };
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    const onData = (bytes: Uint8Array) => {
      head += new TextDecoder().decode(bytes);
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", onData);
      resolve(head);
    };
    socket.on("data", onData);
    socket.once("error", reject);
    socket.once("close", () => resolve(head));
  });
}

/** Makes a socket from which something was read available at a local port: not every Deno can start TLS on it. */
async function relayed<T>(socket: Socket, use: (port: number) => Promise<T>): Promise<T> {
  const net = await import("node:net");
  const relay = net.createServer((client) => void client.pipe(socket).pipe(client));
  const listening = new Promise<void>((resolve, reject) => {
    relay.once("error", reject);
    relay.listen(0, "127.0.0.1", () => resolve());
  });
  try {
    await listening;
    return await use((relay.address() as AddressInfo).port);
  } finally {
    relay.close();
    socket.destroy();
  }
}

async function readCertificates(
  { host, port, name }: { host: string; port: number; name: string },
): Promise<readonly ServerCertificate[]> {
  const tls = await import("node:tls");
  // Nothing is sent over this connection; it only reads the certificates, trusted or not.
  const secure = tls.connect({
    host,
    port,
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    rejectUnauthorized: false,
  });
  try {
    await limited(
      new Promise<void>((resolve, reject) => {
        secure.once("secureConnect", () => resolve());
        secure.on("error", reject);
      }),
    );
    return chainOf(secure.getPeerCertificate(true));
  } finally {
    secure.destroy();
  }
}

function chainOf(own: PeerCertificate): readonly ServerCertificate[] {
  const chain: ServerCertificate[] = [];
  let current: PeerCertificate | undefined = own;
  while (current?.subject !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(toCertificate(current));
    const above: PeerCertificate | undefined =
      (current as Partial<DetailedPeerCertificate>).issuerCertificate;
    current = above === current ? undefined : above;
  }
  return chain;
}

function toCertificate({ subject, issuer, valid_to }: PeerCertificate): ServerCertificate {
  const validTo = new Date(valid_to);
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validTo: Number.isNaN(validTo.getTime()) ? undefined : validTo,
  };
}

function nameOf(name: PeerCertificate["subject"]): string {
  return [name.CN ?? name.OU ?? name.O].flat()[0] ?? "(no name)";
}

async function limited<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(`No answer within ${LIMIT_MS / 1000} s`), { code: TIMED_OUT })),
      LIMIT_MS,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
