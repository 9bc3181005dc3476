import type { ServeOptions, Server } from "../core/context.ts";

/**
 * Serves on the loopback interface only, so that other machines cannot connect.
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port.
 */
export async function serve(
  handler: (request: Request) => Promise<Response>,
  { port = 0, signal, tls }: ServeOptions,
): Promise<Server> {
  // It would take precedence over `hostname`.
  Deno.env.delete("DENO_SERVE_ADDRESS");
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port,
      signal,
      onListen: () => {},
      ...(tls && { cert: tls.certificate, key: tls.key }),
    },
    async (request) => {
      const own = await detached(request);
      return own instanceof Response ? own : await streamed(await handler(own));
    },
  );
  return { port: server.addr.port, finished: server.finished };
}

/** Bodies up to these sizes are read: of requests without credentials, such as a sign-in, and of all others. */
const [MOST_BYTES_OF_STRANGERS, MOST_BYTES] = [64 * 1024, 128 * 1024 * 1024];

/**
 * Copies a request without Deno's own signal, which aborts once the response is sent and prints a warning when
 * accessed. The response is for a body that is too large, or that breaks off.
 */
async function detached(request: Request): Promise<Request | Response> {
  const { url, method, headers } = request;
  const hasCredentials = headers.has("authorization") || new URL(url).searchParams.has("sig");
  const mostBytes = hasCredentials ? MOST_BYTES : MOST_BYTES_OF_STRANGERS;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for await (const part of request.body ?? []) {
      size += part.length;
      if (size > mostBytes) return new Response(null, { status: 413, headers: { connection: "close" } });
      parts.push(part);
    }
  } catch {
    return new Response(null, { status: 400, headers: { connection: "close" } });
  }
  return new Request(url, { method, headers, ...(size > 0 && { body: new Blob(parts) }) });
}

/**
 * Streams JSON, because Deno 2.9 sends a body of known length over TLS as a packet of its own, which waits for an
 * acknowledgement: 40 ms with each answer over HTTP/1.1, which most of Azure's clients use.
 */
async function streamed(response: Response): Promise<Response> {
  const { body, status, headers } = response;
  if (body === null || !headers.get("content-type")?.includes("json")) return response;
  headers.delete("content-length");
  // A body made of bytes that are there already would get its length again.
  return new Response((await response.blob()).stream(), { status, headers });
}
