import pLimit, { type LimitFunction } from "p-limit";
import type { Workspace } from "./workspace.ts";

/** Requests to Resource Manager that one piece of work has on the way at once, until Azure throttles them. */
const REQUESTS_AT_ONCE = 32;
/** How many there are at least, however often Azure throttles. */
const LEAST_AT_ONCE = 4;
/** Requests that are throttled within this time were sent together, and count once. */
const TOGETHER_MS = 1000;
/** Files, or steps of a job, that are read or written at once: each may take several requests and much memory. */
const TRANSFERS_AT_ONCE = 8;
/** The same for small files, which take little memory. */
const SMALL_TRANSFERS_AT_ONCE = 32;

/** Makes a queue for small requests, which sends half as many at once after Azure throttled some. */
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

/** Makes a queue for files, and for steps whose logs are read. */
export function transferLimit(): LimitFunction {
  return pLimit(TRANSFERS_AT_ONCE);
}

/** Makes a queue for small files. */
export function smallTransferLimit(): LimitFunction {
  return pLimit(SMALL_TRANSFERS_AT_ONCE);
}
