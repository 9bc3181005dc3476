import {
  isRestError,
  type PipelinePolicy,
  type PipelineResponse,
  type RestError,
} from "@azure/core-rest-pipeline";
import type { Context } from "../context.ts";

/** Answers that pass: too slow, too busy, or broken for a moment. */
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** Failures of the connection that pass. */
const PASSING_CODE = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ENOTFOUND",
  "ETIMEDOUT",
]);
const MAX_RETRIES = 4;
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
  /** Further statuses that pass, with the milliseconds of the first wait, which doubles. */
  readonly alsoPassing?: Readonly<Record<number, number>> | undefined;
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
function retryWaitMs(
  attempt: Attempt,
  { retries, now, chance, alsoPassing = {} }: RetryOptions,
): number | undefined {
  const firstWaitMs = alsoPassing[attempt.status ?? 0];
  const passes = attempt.status === undefined
    ? PASSING_CODE.has(attempt.code ?? "")
    : firstWaitMs !== undefined || PASSING_STATUS.has(attempt.status);
  if (!passes) return undefined;
  const asked = askedWaitMs(attempt, now);
  if (asked !== undefined) return asked <= LONGEST_ASKED_MS ? asked : undefined;
  if (firstWaitMs !== undefined) return Math.min(firstWaitMs * 2 ** retries, LONGEST_WAIT_MS);
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

/** Called before each wait for another attempt; `url` has no query. */
export type OnRetry = (event: RetryEvent) => void;

/** Why a request is sent again, and when. */
export interface RetryEvent {
  readonly method: string;
  readonly url: string;
  /** HTTP status, or `undefined` when there was no answer. */
  readonly status: number | undefined;
  readonly waitMs: number;
  /** 1 for the first wait. */
  readonly retry: number;
}

/** What {@linkcode retryPolicy} is made of. */
export interface RetryPolicyOptions extends Pick<Context, "clock"> {
  /** Spreads the waits; without it every wait is the same. */
  readonly random?: Context["random"];
  readonly onRetry?: OnRetry;
  /** (default: 4) */
  readonly maxRetries?: number;
  /** As {@linkcode RetryOptions.alsoPassing}. */
  readonly alsoPassing?: RetryOptions["alsoPassing"];
  /** How often to retry requests that got no answer in time (default: `maxRetries`). */
  readonly maxSilences?: number;
}

/**
 * Sends a request again after failures that pass. `retryPolicy` of core-rest-pipeline waits by its own timer; this one
 * waits by the clock of the Context, so that tests do not wait and Ctrl+C ends the wait.
 */
export function retryPolicy(options: RetryPolicyOptions): PipelinePolicy {
  const { clock, random, onRetry, maxRetries = MAX_RETRIES, maxSilences = maxRetries, alsoPassing } = options;
  return {
    name: "retry",
    async sendRequest(request, next) {
      let silences = 0;
      for (let retries = 0;; retries++) {
        const outcome = await attempt(() => next(request));
        const { response, error } = outcome;
        if (error?.code === "ETIMEDOUT") silences++;
        const waitMs = retries >= maxRetries || silences > maxSilences ? undefined : retryWaitMs(
          response === undefined
            ? { code: error?.code }
            : { status: response.status, header: (name) => response.headers.get(name) },
          { retries, now: clock.now(), chance: random?.number() ?? 0.5, alsoPassing },
        );
        if (waitMs === undefined) return settled(outcome);
        const url = request.url.split("?")[0]!;
        onRetry?.({ method: request.method, url, status: response?.status, waitMs, retry: retries + 1 });
        await clock.sleep(waitMs, request.abortSignal as AbortSignal | undefined);
      }
    },
  };
}

interface Outcome {
  readonly response?: PipelineResponse;
  readonly error?: RestError;
}

async function attempt(send: () => Promise<PipelineResponse>): Promise<Outcome> {
  try {
    return { response: await send() };
  } catch (thrown) {
    if (isRestError(thrown)) return { error: thrown };
    throw thrown;
  }
}

function settled({ response, error }: Outcome): PipelineResponse {
  if (response !== undefined) return response;
  throw error;
}
