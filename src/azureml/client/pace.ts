import pLimit, { type LimitFunction } from "p-limit";
import { REQUESTS_PER_SECOND } from "../../core/azure_limits.ts";
import type { PipelineResponse } from "../../core/net/azure_http.ts";
import type { Workspace } from "./workspace.ts";

/** Concurrent requests to Resource Manager of one operation, until Azure throttles them. */
const REQUESTS_AT_ONCE = 70;
const LEAST_AT_ONCE = 4;
/** Responses throttled within this time belong to one burst and reduce the limit once. */
const TOGETHER_MS = 1000;
/** Files, or steps of a job, to read or write at once: each may take several requests and much memory. */
const TRANSFERS_AT_ONCE = 8;
/** Small files to transfer at once; they take little memory. */
const SMALL_TRANSFERS_AT_ONCE = 32;

/** Creates a queue for small requests; each time Azure throttles, it halves its concurrency. */
export function requestLimit(
  { clock, onThrottled }: Pick<Workspace, "clock" | "onThrottled">,
): LimitFunction {
  const limit = pLimit(REQUESTS_AT_ONCE);
  let slowedAt = -Infinity;
  onThrottled(() => {
    const now = clock.now().getTime();
    if (now - slowedAt < TOGETHER_MS) return;
    slowedAt = now;
    limit.concurrency = Math.max(LEAST_AT_ONCE, limit.concurrency >> 1);
  });
  return limit;
}

/** Creates a queue for files, and for steps whose logs are read. */
export function transferLimit(): LimitFunction {
  return pLimit(TRANSFERS_AT_ONCE);
}

export function smallTransferLimit(): LimitFunction {
  return pLimit(SMALL_TRANSFERS_AT_ONCE);
}

/**
 * Runs a task for each item, through a queue. After a failure no further task is started, but those in progress are
 * finished.
 *
 * @throws the first failure.
 */
export async function untilFailure<T>(
  items: readonly T[],
  queue: (item: T, start: () => Promise<void>) => Promise<void>,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const start = async (item: T) => {
    if (failures.length === 0) await task(item).catch((thrown) => void failures.push(thrown));
  };
  await Promise.all(items.map((item) => queue(item, () => start(item))));
  if (failures.length > 0) throw failures[0];
}

/** Creates a queue for tasks that hold bytes: those that run hold at most `mostBytes`, or are a single larger one. */
export function bytesLimit(mostBytes: number): <T>(bytes: number, task: () => Promise<T>) => Promise<T> {
  const waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  let heldBytes = 0;
  const startNext = () => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (heldBytes > 0 && heldBytes + next.bytes > mostBytes) return;
      waiting.shift();
      heldBytes += next.bytes;
      next.start();
    }
  };
  return async (bytes, task) => {
    await new Promise<void>((start) => {
      waiting.push({ bytes, start });
      startNext();
    });
    try {
      return await task();
    } finally {
      heldBytes -= bytes;
      startNext();
    }
  };
}

/** Requests that Resource Manager counts separately. */
type Operation = keyof typeof REQUESTS_PER_SECOND;

/** Requests that are left to others with the same identity, and for what happens between two answers. */
const SPARE = 10;

interface Bucket {
  /** How many may be sent, as counted here; fewer than `SPARE` while requests wait for their turn. */
  tokens: number;
  /** When `tokens` was counted, in milliseconds since 1970. */
  at: number;
  /** Requests that wait for their turn or for an answer. */
  pending: number;
}

/** Sends without waiting until an answer says that few requests are left. */
export function createPace({ clock, signal }: Pick<Workspace, "clock" | "signal">): {
  /** Sends a request when it may be sent, and notes what the answer says about how many more are left. */
  send(method: string, send: () => Promise<PipelineResponse>): Promise<PipelineResponse>;
} {
  const buckets = new Map<Operation, Bucket>();
  const now = () => clock.now().getTime();
  function bucketOf(operation: Operation): Bucket {
    const bucket = buckets.get(operation) ?? { tokens: Infinity, at: now(), pending: 0 };
    buckets.set(operation, bucket);
    const at = now();
    bucket.tokens += (at - bucket.at) / 1000 * REQUESTS_PER_SECOND[operation];
    bucket.at = at;
    return bucket;
  }
  function note(operation: Operation, remaining: number): void {
    const bucket = bucketOf(operation);
    // An answer may or may not have counted the requests under way: `remaining - pending` to `remaining` are left.
    bucket.tokens = Math.min(Math.max(bucket.tokens, remaining - bucket.pending), remaining);
  }
  return {
    async send(method, send) {
      const operation = operationOf(method);
      const bucket = bucketOf(operation);
      bucket.pending++;
      try {
        bucket.tokens--;
        const lacking = SPARE - bucket.tokens;
        if (lacking > 0) await clock.sleep(lacking / REQUESTS_PER_SECOND[operation] * 1000, signal);
        const response = await send();
        const remaining = response.headers.get(`x-ms-ratelimit-remaining-subscription-${operation}`);
        if (remaining !== undefined && /^\d+$/.test(remaining)) note(operation, Number(remaining));
        return response;
      } finally {
        bucket.pending--;
      }
    },
  };
}

function operationOf(method: string): Operation {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}
