import pLimit, { type LimitFunction } from "p-limit";
import type { Workspace } from "./workspace.ts";

/** Concurrent requests to Resource Manager of one operation, until Azure throttles them. */
const REQUESTS_AT_ONCE = 70;
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

/** Runs a task that holds this many bytes. */
export type BytesLimit = <T>(bytes: number, task: () => Promise<T>) => Promise<T>;

/** Creates a queue for tasks that hold bytes: those that run hold at most `mostBytes`, or are a single larger one. */
export function bytesLimit(mostBytes: number): BytesLimit {
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
