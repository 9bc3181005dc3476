import type { ServeOptions, Server } from "../context.ts";

/**
 * Serves on the loopback interface only, so that nobody else on the network reaches it. A handler that throws cuts
 * the connection.
 *
 * @throws {Deno.errors.AddrInUse} when somebody else listens on the port.
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
    handler,
  );
  return { port: server.addr.port, finished: server.finished };
}
