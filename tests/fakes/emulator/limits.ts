import type { Clock } from "../../../src/core/context.ts";
import { REQUESTS_PER_SECOND } from "../../../src/core/azure_limits.ts";
import { jsonAnswer } from "../../../src/emulator/http/refusal.ts";
import { locate } from "../../../src/emulator/state/world.ts";
import type { Middleware } from "./middleware.ts";

/** Requests that an identity may send to a subscription at once, as recorded: one less was left after one. */
const MOST_REQUESTS = { reads: 250, writes: 200, deletes: 200 } as const;

/** How much larger the limits for all identities of a subscription together are, as recorded: 3,749 reads were left. */
const GLOBAL_FACTOR = 15;

type Operation = keyof typeof MOST_REQUESTS;

/** Limits the requests to Resource Manager as Azure does: buckets that refill with time, assumed to be as fast as documented. */
export function limits(clock: Pick<Clock, "now">): Middleware {
  const left = new Map<Operation, { readonly tokens: number; readonly at: number }>();
  const refilled = (operation: Operation) => {
    const most = MOST_REQUESTS[operation];
    const at = clock.now().getTime();
    const before = left.get(operation) ?? { tokens: most, at };
    return {
      tokens: Math.min(most, before.tokens + (at - before.at) / 1000 * REQUESTS_PER_SECOND[operation]),
      at,
    };
  };
  return async (request, next) => {
    if (locate(new URL(request.url), [])?.service !== "resourceManager") return await next(request);
    const operation = operationOf(request.method);
    const { tokens, at } = refilled(operation);
    if (tokens < 1) return throttled(operation, Math.ceil((1 - tokens) / REQUESTS_PER_SECOND[operation]));
    left.set(operation, { tokens: tokens - 1, at });
    const response = await next(request);
    for (const [name, value] of Object.entries(headersOf(operation, Math.floor(tokens - 1)))) {
      response.headers.set(name, value);
    }
    return response;
  };
}

/** A request that is no read and no deletion counts as a write, also one for secrets. */
function operationOf(method: string): Operation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

function headersOf(operation: Operation, left: number): Readonly<Record<string, string>> {
  const most = MOST_REQUESTS[operation];
  return {
    [`x-ms-ratelimit-remaining-subscription-${operation}`]: String(left),
    [`x-ms-ratelimit-remaining-subscription-global-${operation}`]: String(most * GLOBAL_FACTOR - most + left),
  };
}

function throttled(operation: Operation, seconds: number): Response {
  const error = { code: "SubscriptionRequestsThrottled", message: throttledMessage(operation, seconds) };
  return jsonAnswer({ error }, 429, {
    ...headersOf(operation, 0),
    "retry-after": String(seconds),
    "x-ms-failure-cause": "gateway",
  });
}

/** What Resource Manager says about a throttled request. */
export function throttledMessage(operation: Operation, seconds: number): string {
  const id = "00000000-0000-0000-0000-000000000000";
  return `Number of '${
    operation.slice(0, -1)
  }' requests for subscription '${id}' actor '${id}' exceeded. Please try ` +
    `again after '${seconds}' seconds after additional tokens are available. Refer to ` +
    "https://aka.ms/arm-throttling for additional information.";
}
