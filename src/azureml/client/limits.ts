import pLimit, { type LimitFunction } from "p-limit";
import type { Workspace } from "./workspace.ts";

/** Concurrent requests to Resource Manager of one operation, until Azure throttles them. */
const REQUESTS_AT_ONCE = 32;
/** Lower limit of concurrent requests under throttling. */
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

/** Creates a queue for small files. */
export function smallTransferLimit(): LimitFunction {
  return pLimit(SMALL_TRANSFERS_AT_ONCE);
}
