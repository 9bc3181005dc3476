/** Answers that pass: too slow, too busy, or broken for a moment. */
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** Failures of the connection that pass. */
const PASSING_CODE = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ENOTFOUND",
  "ETIMEDOUT",
]);
const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 30_000;
/** A service that asks for more than this is busy for too long. */
const LONGEST_ASKED_MS = 5 * 60_000;

/** How one attempt ended. */
export interface Attempt {
  /** HTTP status; `undefined` when there was no answer. */
  readonly status?: number;
  /** Code of the connection's failure, such as `ECONNRESET`. */
  readonly code?: string | undefined;
  /** A header of the answer by its name in lower case. */
  readonly header?: (name: string) => string | undefined;
}

/** What {@linkcode retryWaitMs} takes into account. */
export interface RetryOptions {
  /** Attempts before this one. */
  readonly retries: number;
  readonly now: Date;
  /** At least 0 and below 1; spreads clients that failed together. */
  readonly chance: number;
}

/**
 * Says how long to wait before the next attempt: as long as the service asks (`Retry-After` in seconds or as a
 * date), else twice as long as before, less up to half of it by chance.
 *
 * @returns Milliseconds, or `undefined` when another attempt would not help.
 */
export function retryWaitMs(attempt: Attempt, { retries, now, chance }: RetryOptions): number | undefined {
  const passes = attempt.status === undefined
    ? PASSING_CODE.has(attempt.code ?? "")
    : PASSING_STATUS.has(attempt.status);
  if (!passes) return undefined;
  const asked = askedWaitMs(attempt, now);
  if (asked !== undefined) return asked <= LONGEST_ASKED_MS ? asked : undefined;
  const longest = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);
  return Math.round(longest * (1 - chance / 2));
}

function askedWaitMs({ header = () => undefined }: Attempt, now: Date): number | undefined {
  const ms = header("retry-after-ms") ?? header("x-ms-retry-after-ms");
  if (ms !== undefined && /^\d+$/.test(ms.trim())) return Number(ms);
  const after = header("retry-after")?.trim();
  if (after === undefined || after === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000);
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
