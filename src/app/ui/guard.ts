import type { Context, ServeOptions, Server } from "../../core/context.ts";
import { isSame } from "../../core/encoding.ts";
import { UserError } from "../../core/errors.ts";

/** Serves on a port of the loopback interface. @throws {UserError} with this code if the port is not free. */
export async function serveOn(
  { serve }: Pick<Context, "serve">,
  handler: (request: Request) => Promise<Response>,
  { code, ...options }: ServeOptions & { readonly code: string },
): Promise<Server> {
  try {
    return await serve(handler, options);
  } catch (thrown) {
    const isInUse = thrown instanceof Deno.errors.AddrInUse;
    if (!isInUse && !(thrown instanceof Deno.errors.PermissionDenied)) throw thrown;
    const why = isInUse ? "it is already in use" : "permission denied";
    throw new UserError(`Cannot serve on port ${options.port}: ${why}`, {
      code,
      hint: "Choose another port with `--port`, or remove it for a free one",
      cause: thrown,
    });
  }
}

/** Refuses a request with another name that resolves to this machine, as web pages of others could send it. */
export function refuseOtherHost({ url }: Request): Response | undefined {
  if (["127.0.0.1", "localhost"].includes(new URL(url).hostname)) return undefined;
  return new Response("This server answers to 127.0.0.1 and localhost only.\n", { status: 421 });
}

/** Answers only browsers that opened an address with a key, which works once; the links of pages need none. */
export function createGuard({ cookie, isKey, again }: {
  readonly cookie: string;
  readonly isKey: (key: string) => boolean;
  /** How to get another address, for the refusal. */
  readonly again: string;
}): (request: Request, pages: () => Promise<Response>) => Promise<Response> {
  const used = new Set<string>();
  return async (request, pages) => {
    const url = new URL(request.url);
    const name = `kedro_azureml_${url.port}`;
    // Pages on other ports of this machine can set a cookie of the same name.
    const isKnown = (request.headers.get("cookie") ?? "").split(/;\s*/).some((pair) =>
      isSame(pair, `${name}=${cookie}`)
    );
    const key = url.searchParams.get("key");
    if (key !== null && (isKnown || isKey(key) && !used.has(key))) {
      used.add(key);
      url.searchParams.delete("key");
      const attributes = `HttpOnly; SameSite=Lax; Path=/${url.protocol === "https:" ? "; Secure" : ""}`;
      const headers = {
        // Two slashes would start the name of a host.
        location: url.pathname.replace(/^\/+/, "/") + url.search,
        "set-cookie": `${name}=${cookie}; ${attributes}`,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      };
      return new Response(null, { status: 303, headers });
    }
    if (isKnown) return await pages();
    return new Response(`Open an address with a key, which works once: ${again}.\n`, { status: 403 });
  };
}
