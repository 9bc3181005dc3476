import { throttledMessage } from "./limits.ts";
import type { Clock, Random } from "../../../src/core/context.ts";
import { jsonAnswer } from "../../../src/emulator/http/refusal.ts";
import { BlobRefusal, blobRefused } from "../../../src/emulator/storage/blob_requests.ts";
import type { Middleware } from "./middleware.ts";

/** A fault. The first one that matches a request and is not used up applies. */
export interface Fault {
  readonly method?: string;
  /** Matched against the URL. */
  readonly url: RegExp;
  /** Number of requests that it applies to (default: 1). */
  readonly times?: number;
  /** Number of matching requests that pass first (default: 0). */
  readonly after?: number;
  readonly happens: FaultKind;
}

/** What a fault does. */
export type FaultKind =
  | { readonly kind: "throttle"; readonly retryAfterSeconds: number }
  | { readonly kind: "status"; readonly status: number }
  /** Cuts the connection; with `afterServer`, after the request was handled. */
  | { readonly kind: "cut"; readonly afterServer: boolean }
  | { readonly kind: "delay"; readonly delayMs: number }
  /** A poll for the state of a long-running operation answers that it failed. */
  | { readonly kind: "failed"; readonly code?: string; readonly message?: string }
  /** A proxy responds instead, with status 200 and an HTML page. */
  | { readonly kind: "page" }
  /** Redirects to a path of another origin. */
  | { readonly kind: "redirect"; readonly status: number; readonly origin: string }
  /** Responds as usual, but every URL, header and datastore names another origin. */
  | { readonly kind: "lie"; readonly origin: string }
  /** Responds with an error in Azure's format: Resource Manager's JSON, or XML for blobs. */
  | {
    readonly kind: "refuse";
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
  };

/** Lets faults happen, each of which counts the requests that match it. */
export function faults(
  world: { readonly clock: Pick<Clock, "now" | "sleep">; readonly random: Random },
  faults: readonly Fault[],
): Middleware {
  const seen = faults.map(() => 0);
  const faultFor = ({ method, url }: Pick<Request, "method" | "url">): FaultKind | undefined => {
    for (const [index, fault] of faults.entries()) {
      if (
        fault.method !== undefined && fault.method !== method ||
        !new RegExp(fault.url, fault.url.flags.replace("g", "")).test(url)
      ) {
        continue;
      }
      const before = seen[index]!++;
      const start = fault.after ?? 0;
      if (before >= start && before < start + (fault.times ?? 1)) return fault.happens;
    }
    return undefined;
  };
  return async (request, next) => {
    const act = () => next(request);
    const happens = faultFor(request);
    if (happens === undefined) return await act();
    switch (happens.kind) {
      case "throttle":
        return refusal(
          429,
          "SubscriptionRequestsThrottled",
          throttledMessage("reads", happens.retryAfterSeconds),
          { "retry-after": String(happens.retryAfterSeconds) },
        );
      case "status":
        return refusal(
          happens.status,
          STATUS_CODES[happens.status] ?? "Error",
          "The server encountered an error.",
        );
      case "cut":
        if (happens.afterServer) await act();
        throw new TypeError("error sending request: connection closed before message completed");
      case "delay":
        await world.clock.sleep(happens.delayMs);
        return await act();
      case "failed":
        return jsonAnswer({
          status: "Failed",
          error: {
            code: happens.code ?? "UserError",
            message: happens.message ?? "The operation failed because a fault says so.",
          },
        });
      case "page":
        return new Response("<html><h1>Sign in to this network</h1></html>", {
          headers: { "content-type": "text/html", via: "1.1 proxy" },
        });
      case "redirect":
      case "lie":
        return await deceive(happens, request, act);
      case "refuse":
        return new URL(request.url).hostname.includes(".blob.")
          ? blobRefused(world, request, new BlobRefusal(happens.status, happens.code, happens.message))
          : refusal(happens.status, happens.code, happens.message, happens.headers);
    }
  };
}

/** A fault that leads clients to another origin. */
export type Deceit = Extract<FaultKind, { readonly kind: "redirect" | "lie" }>;

/** Leads a client to another origin: by a redirect, or by naming it in the response. */
export async function deceive(
  happens: Deceit,
  request: Pick<Request, "url">,
  act: () => Promise<Response>,
): Promise<Response> {
  if (happens.kind === "lie") return await lie(await act(), happens.origin);
  const { pathname, search } = new URL(request.url);
  const location = `${happens.origin}${pathname}${search}`;
  return new Response(null, { status: happens.status, headers: { location } });
}

/** A response in which each URL is on another origin, and so is the storage of each datastore. */
async function lie(response: Response, origin: string): Promise<Response> {
  const elsewhere = (text: string) => text.replace(/https?:\/\/[^\s"'\\/<>?#]+/g, origin);
  const headers = new Headers();
  for (const [name, value] of response.headers) headers.set(name, elsewhere(value));
  headers.delete("content-length");
  const text = /json/.test(response.headers.get("content-type") ?? "") ? await response.text() : "";
  if (text === "") return new Response(response.body, { status: response.status, headers });
  const { protocol, host: endpoint } = new URL(origin);
  const changed = JSON.parse(text, (_, value) => {
    if (typeof value === "string") return elsewhere(value);
    if (value?.containerName === undefined) return value;
    return { ...value, protocol: protocol.slice(0, -1), endpoint };
  });
  return new Response(JSON.stringify(changed), { status: response.status, headers });
}

const STATUS_CODES: Readonly<Record<number, string>> = {
  500: "InternalServerError",
  502: "BadGateway",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
};

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return jsonAnswer({ error: { code, message } }, status, headers);
}
