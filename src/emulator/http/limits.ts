import { REQUESTS_PER_SECOND } from "../../core/azure_limits.ts";
import { gatewayError, Refusal } from "./refusal.ts";
import type { Limits, World } from "../state/world.ts";

/** What Resource Manager counts separately for a subscription. */
export type LimitedOperation = keyof typeof REQUESTS_PER_SECOND;

/**
 * How many requests an identity may send to a subscription at once, and how many more each second. The sizes follow from recorded
 * answers: 249 reads, 199 writes and 199 deletes were left after one. How fast they refill is assumed to be what
 * Microsoft documents.
 */
const BUCKETS: Readonly<Record<LimitedOperation, { readonly size: number; readonly perSecond: number }>> = {
  reads: { size: 250, perSecond: REQUESTS_PER_SECOND.reads },
  writes: { size: 200, perSecond: REQUESTS_PER_SECOND.writes },
  deletes: { size: 200, perSecond: REQUESTS_PER_SECOND.deletes },
};

/** How much larger the limits for all identities of a subscription together are, as recorded: 3,749 reads were left. */
const GLOBAL_FACTOR = 15;

/** Full buckets that refill with time. */
export function createLimits({ clock }: Pick<World, "clock">): Limits {
  const left = new Map<LimitedOperation, { readonly tokens: number; readonly at: number }>();
  const refilled = (operation: LimitedOperation) => {
    const { size, perSecond } = BUCKETS[operation];
    const at = clock.now().getTime();
    const before = left.get(operation) ?? { tokens: size, at };
    return { tokens: Math.min(size, before.tokens + (at - before.at) / 1000 * perSecond), at };
  };
  return {
    take(method) {
      const operation = operationOf(method);
      const { tokens, at } = refilled(operation);
      if (tokens < 1) throw throttled(operation, Math.ceil((1 - tokens) / BUCKETS[operation].perSecond));
      left.set(operation, { tokens: tokens - 1, at });
    },
    headers(method) {
      const operation = operationOf(method);
      return headersOf(operation, Math.floor(refilled(operation).tokens));
    },
  };
}

/** No limits: each answer says that the bucket lacks only its own request. */
export const NO_LIMITS: Limits = {
  take: () => {},
  headers: (method) => headersOf(operationOf(method), BUCKETS[operationOf(method)].size - 1),
};

/** A request that is no read and no deletion counts as a write, also one for secrets. */
function operationOf(method: string): LimitedOperation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

function headersOf(operation: LimitedOperation, left: number): Readonly<Record<string, string>> {
  const { size } = BUCKETS[operation];
  const leftGlobally = size * GLOBAL_FACTOR - (size - left);
  return {
    [`x-ms-ratelimit-remaining-subscription-${operation}`]: String(left),
    [`x-ms-ratelimit-remaining-subscription-global-${operation}`]: String(leftGlobally),
  };
}

/** The text is Resource Manager's documented one; no recording has it. */
function throttled(operation: LimitedOperation, seconds: number): Refusal {
  const { message, options } = gatewayError(
    429,
    "TooManyRequests",
    `The request is being throttled as the limit has been reached for operation type - ${operation}. Please retry after '${seconds}' seconds.`,
  );
  return new Refusal(message, { ...options, headers: { "retry-after": String(seconds) } });
}
