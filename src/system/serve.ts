import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex, DuplexOptions } from "node:stream";
import type { ServeOptions, Server } from "../core/context.ts";

/**
 * Open connections at most: if there is one more, that which has waited longest for a request is closed. So nobody on
 * this machine can use up the files that the process may open.
 */
const MOST_CONNECTIONS = 128;
/** Time until the next try to accept a connection if the process has no file left for one. */
const NO_FILE_MS = 100;

/**
 * Serves on the loopback interface only, so that other machines cannot connect. `Deno.serve()` has no limit of
 * connections and ends when there are too many; node:http would no longer accept any.
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port.
 */
export async function serve(
  handler: (request: Request) => Promise<Response>,
  { port = 0, signal, tls, knows = () => Promise.resolve(false) }: ServeOptions,
): Promise<Server> {
  // Loading them takes longer than most commands need in all.
  const [{ createServer }, { Duplex }] = await Promise.all([import("node:http"), import("node:stream")]);
  const address = { hostname: "127.0.0.1", port };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  // Deno before 2.9, with which executables are compiled where the newer runtime cannot be had.
  if (server.listenerCount("connection") === 0) {
    return serveByDeno(handler, { ...address, signal, tls, knows });
  }
  const listener = tls
    ? Deno.listenTls({ ...address, cert: tls.certificate, key: tls.key })
    : Deno.listen(address);
  /** That which has waited longest first; without those whose request is being answered. */
  const waiting = new Set<Duplex>();
  const open = new Set<Duplex>();

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const connection: Duplex = incoming.socket;
    try {
      const head = () => headOf(incoming, tls ? "https" : "http");
      const request = await received(head, incoming.iterator({ destroyOnReturn: false }), knows);
      waiting.delete(connection);
      await send(outgoing, request instanceof Response ? request : await handler(request), incoming);
    } catch {
      // Also what a fault of the emulator cuts.
      connection.destroy();
    }
    if (open.has(connection)) waiting.add(connection);
  }

  function closeOldest(): void {
    const [oldest] = waiting;
    if (oldest !== undefined && waiting.delete(oldest)) oldest.destroy();
  }

  async function accept(): Promise<void> {
    while (!signal.aborted) {
      try {
        const connection = new Duplex(streamOf(await listener.accept()));
        connection.on("error", () => {}).on("close", () => {
          open.delete(connection);
          waiting.delete(connection);
        });
        open.add(connection);
        waiting.add(connection);
        if (open.size > MOST_CONNECTIONS) closeOldest();
        server.emit("connection", connection);
      } catch {
        if (signal.aborted) break;
        closeOldest();
        await new Promise((done) => setTimeout(done, NO_FILE_MS));
      }
    }
  }

  // Connections are kept after a response: Azure's clients would use one that is just being closed.
  Object.defineProperty(server, "listening", { value: true });
  server.keepAliveTimeout = 0;
  const stop = () => {
    listener.close();
    open.forEach((connection) => connection.destroy());
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { port: listener.addr.port, finished: accept() };
}

/** Serves without a limit of connections. */
function serveByDeno(
  handler: (request: Request) => Promise<Response>,
  { hostname, port, signal, tls, knows }: Required<Pick<ServeOptions, "port" | "signal" | "knows">> & {
    readonly hostname: string;
    readonly tls: ServeOptions["tls"] | undefined;
  },
): Server {
  // It would take precedence over `hostname`.
  Deno.env.delete("DENO_SERVE_ADDRESS");
  const options = { hostname, port, signal, onListen: () => {} };
  const server = Deno.serve(
    { ...options, ...(tls && { cert: tls.certificate, key: tls.key }) },
    async ({ url, method, headers, body }) => {
      const head = () => new Request(url, { method, headers });
      const request = await received(head, body ?? [], knows);
      return request instanceof Response ? request : await handler(request);
    },
  );
  return { port: server.addr.port, finished: server.finished };
}

const READ_BYTES = 64 * 1024;

/** How a stream of Node.js, which node:http needs, uses a connection. */
function streamOf(connection: Deno.Conn): DuplexOptions {
  return {
    allowHalfOpen: true,
    async read() {
      try {
        const bytes = new Uint8Array(READ_BYTES);
        const length = await connection.read(bytes);
        this.push(length === null ? null : Buffer.from(bytes.buffer, 0, length));
      } catch {
        this.destroy();
      }
    },
    async write(bytes: Uint8Array, _, done) {
      try {
        for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
        done();
      } catch {
        this.destroy();
      }
    },
    async final(done) {
      await connection.closeWrite().catch(() => {});
      done();
    },
    destroy(error, done) {
      connection.close();
      done(error);
    },
  };
}

/** Bodies up to these sizes are read: of strangers' requests, such as a sign-in, and of all others. */
const [MOST_BYTES_OF_STRANGERS, MOST_BYTES] = [64 * 1024, 128 * 1024 * 1024];

/**
 * Reads a request. The body of a stranger that is too large is left out if the request has credentials, which its
 * handler refuses.
 *
 * @returns A response for a request that is malformed or too large, or breaks off.
 */
async function received(
  headOf: () => Request,
  body: AsyncIterable<Uint8Array<ArrayBuffer>> | readonly [],
  knows: NonNullable<ServeOptions["knows"]>,
): Promise<Request | Response> {
  try {
    const head = headOf();
    const mostBytes = await knows(head) ? MOST_BYTES : MOST_BYTES_OF_STRANGERS;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    for await (const part of body) {
      size += part.length;
      if (size > mostBytes) return hasCredentials(head) ? head : refusal(413);
      parts.push(part);
    }
    return size === 0 ? head : new Request(head, { body: new Blob(parts) });
  } catch {
    return refusal(400);
  }
}

function headOf({ rawHeaders, method = "", url }: IncomingMessage, scheme: string): Request {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  return new Request(`${scheme}://${headers.get("host")}${url}`, { method, headers });
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: { connection: "close" } });
}

function hasCredentials({ url, headers }: Request): boolean {
  return headers.has("authorization") || new URL(url).searchParams.has("sig");
}

async function send(outgoing: ServerResponse, response: Response, incoming: IncomingMessage): Promise<void> {
  const { body, status, headers } = response;
  outgoing.statusCode = status;
  for (const [name, value] of headers) outgoing.appendHeader(name, value);
  if (!incoming.complete) {
    // What is left of the body cannot be told from the next request.
    outgoing.setHeader("connection", "close");
    incoming.resume();
  }
  if (body === null) return void outgoing.end();
  if (headers.has("content-length")) {
    const { pipeline } = await import("node:stream/promises");
    return await pipeline(body, outgoing);
  }
  outgoing.end(await response.bytes());
}
