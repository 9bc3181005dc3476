import pLimit, { type LimitFunction } from "p-limit";

/** Requests to Resource Manager that one piece of work has on the way at once. */
const REQUESTS_AT_ONCE = 16;
/** Files, or steps of a job, that are read or written at once: each may take several requests and much memory. */
const TRANSFERS_AT_ONCE = 8;

/** Makes a queue for small requests. */
export function requestLimit(): LimitFunction {
  return pLimit(REQUESTS_AT_ONCE);
}

/** Makes a queue for files, and for steps whose logs are read. */
export function transferLimit(): LimitFunction {
  return pLimit(TRANSFERS_AT_ONCE);
}
