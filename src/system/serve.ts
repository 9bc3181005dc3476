import type { ServeOptions, Server } from "../core/context.ts";

/**
 * Open connections at most: if there is one more, that which has waited longest is closed. So nobody on this machine can
 * use up the files that the process may open.
 */
const MOST_CONNECTIONS = 128;
const LOOPBACK = "127.0.0.1";
/** Time until the next try to accept a connection if the process has no file left for one. */
const NO_FILE_MS = 100;
/** Time for a request from its first byte: of strangers, and of those with good credentials; and for each response. */
const [STRANGER_MS, KNOWN_MS] = [20_000, 600_000];
/** Bodies up to these sizes are read: of strangers' requests, such as a sign-in, and of all others. */
const [MOST_BYTES_OF_STRANGERS, MOST_BYTES] = [64 * 1024, 128 * 1024 * 1024];

/**
 * Serves HTTP/1.1 on the loopback interface only, so that other machines cannot connect. `Deno.serve()` has no limit of
 * connections and ends when there are too many; node:http takes no connections of others in the runtimes before 2.9.
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port.
 */
export async function serve(
  handler: (request: Request) => Promise<Response>,
  { port = 0, signal, tls, knows = () => Promise.resolve(false) }: ServeOptions,
): Promise<Server> {
  // Loading it takes longer than most commands need in all.
  const { discard, openInput, readRequest, withTls, writeResponse } = await import("./http.ts");
  const scheme = tls ? "https" : "http";
  const listener = Deno.listen({ hostname: LOOPBACK, port });
  const { open, waiting, end, finished } = acceptAll(
    listener,
    (connection) => void converse(connection),
    signal,
  );

  async function converse(raw: Deno.Conn): Promise<void> {
    let connection = raw;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(end, ms, raw);
    };
    const mostBytes = async (head: Request) => {
      if (!await knows(head)) return MOST_BYTES_OF_STRANGERS;
      limit(KNOWN_MS);
      return MOST_BYTES;
    };
    try {
      if (tls) connection = await withTls(raw, tls);
      const input = openInput(connection);
      for (let isLast = false; !isLast && await input.starts();) {
        limit(STRANGER_MS);
        const { request, keepsOpen } = await readRequest(connection, input, scheme, mostBytes);
        clearTimeout(timer);
        waiting.delete(raw);
        const response = request instanceof Response ? request : await handler(request);
        if (open.has(raw)) waiting.add(raw);
        limit(KNOWN_MS);
        isLast = !keepsOpen || response.headers.get("connection") === "close";
        const isHead = request instanceof Request && request.method === "HEAD";
        await writeResponse(connection, response, { isHead, keepsOpen: !isLast });
        if (isLast) {
          limit(STRANGER_MS);
          await connection.closeWrite();
          await discard(connection);
        }
        clearTimeout(timer);
      }
    } catch {
      // The client has left, or a fault of the emulator cuts the connection.
    }
    clearTimeout(timer);
    end(raw);
    if (connection !== raw) connection.close();
  }

  return { port: (listener.addr as Deno.NetAddr).port, finished };
}

/**
 * Accepts connections of this machine until the signal: if there are too many, or no file is left for one, that which
 * has waited longest is closed.
 */
export function acceptAll(
  listener: Deno.TcpListener,
  converse: (connection: Deno.TcpConn) => void,
  signal: AbortSignal,
) {
  const open = new Set<Deno.Conn>();
  /** That which has waited longest first; without those that are known, or whose request is being answered. */
  const waiting = new Set<Deno.Conn>();

  function end(connection: Deno.Conn | undefined): void {
    if (connection === undefined || !open.delete(connection)) return;
    waiting.delete(connection);
    closeQuietly(connection);
  }

  async function accept(): Promise<void> {
    while (!signal.aborted) {
      try {
        const connection = await listener.accept();
        open.add(connection);
        waiting.add(connection);
        if (open.size > MOST_CONNECTIONS) end(waiting.values().next().value);
        converse(connection);
      } catch {
        if (signal.aborted) break;
        end(waiting.values().next().value);
        await new Promise((done) => setTimeout(done, NO_FILE_MS));
      }
    }
  }

  const stop = () => {
    listener.close();
    open.forEach(end);
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { open, waiting, end, finished: accept() };
}

/** Closes a connection that may be closed already. */
export function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}
