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
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port,
      signal,
      onListen: () => {},
      ...(tls && { cert: tls.certificate, key: tls.key }),
    },
    async (request) => await streamed(await handler(await detached(request))),
  );
  return { port: server.addr.port, finished: server.finished };
}

/**
 * Copies a request without Deno's own signal, which aborts once the response is sent and prints a warning when
 * accessed.
 */
async function detached(request: Request): Promise<Request> {
  const { url, method, headers } = request;
  const body = await request.arrayBuffer();
  return new Request(url, { method, headers, ...(body.byteLength > 0 && { body }) });
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
