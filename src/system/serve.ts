import type { ServeOptions, Server } from "../context.ts";

/** Serves on the loopback interface only, so that nobody else on the network reaches it. */
export async function serve(
  handler: (request: Request) => Promise<Response>,
  options: ServeOptions,
): Promise<Server> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: options.port ?? 0, signal: options.signal, onListen: () => {} },
    handler,
  );
  return { port: server.addr.port, finished: server.finished };
}
