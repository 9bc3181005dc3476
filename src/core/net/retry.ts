import type { PipelinePolicy, PipelineResponse, RestError } from "@azure/core-rest-pipeline";
import type { Context } from "../context.ts";
import { fields, parsedJson } from "../json.ts";

const TRANSIENT_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/** Whether requests are sent again after a response with this status. */
export function isTransient(status: number): boolean {
  return TRANSIENT_STATUSES.has(status);
}

const TRANSIENT_CODES = new Set(["ECONNRESET", "ETIMEDOUT"]);
const MAX_RETRIES = 4;
const FIRST_WAIT_MS = 800;
const LONGEST_WAIT_MS = 30_000;
/** A `Retry-After` longer than this is not waited for; Resource Manager asks for minutes. */
const LONGEST_ASKED_MS = 60 * 60_000;

/**
 * Returns how long to wait before the next attempt: as long as the service asks for (`Retry-After` in seconds or as a
 * date), else twice as long as before, minus up to half of it at random.
 *
 * @returns Milliseconds, or `undefined` if another attempt would not help.
 */
function retryWaitMs(
  response: PipelineResponse | undefined,
  error: RestError | undefined,
  { retries, clock, random, extraTransient = {} }: RetryPolicyOptions & { readonly retries: number },
): number | undefined {
  const chance = random?.number() ?? 0.5;
  const firstWaitMs = extraTransient[response?.status ?? 0];
  const mayHelp = response === undefined
    ? TRANSIENT_CODES.has(error?.code ?? "")
    : firstWaitMs !== undefined || isTransient(response.status);
  if (!mayHelp) return undefined;
  const requestedMs = response && askedWaitMs((name) => response.headers.get(name), clock.now());
  if (requestedMs !== undefined) return requestedMs <= LONGEST_ASKED_MS ? requestedMs : undefined;
  if (firstWaitMs !== undefined) return Math.min(firstWaitMs * 2 ** retries, LONGEST_WAIT_MS);
  const longest = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS);
  return Math.round(longest * (1 - chance / 2));
}

/** How long an answer asks to wait before the next request, in milliseconds; `undefined` if it does not say. */
export function askedWaitMs(header: (name: string) => string | undefined, now: Date): number | undefined {
  const ms = header("retry-after-ms") ?? header("x-ms-retry-after-ms");
  if (ms !== undefined && /^\d+$/.test(ms.trim())) return Number(ms);
  const after = header("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000);
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

/** Called before each wait for another attempt; `false` means that there is no time for that. */
export type OnRetry = (event: RetryEvent) => unknown;

interface RetryEvent {
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly waitMs: number;
  /** Number of the retry, starting at 1. */
  readonly retry: number;
}

export interface RetryPolicyOptions extends Pick<Context, "clock"> {
  /** Randomizes the waits; without it, they are always the same. */
  readonly random?: Context["random"];
  readonly onRetry?: OnRetry;
  /** Maximum number of retries (default: 4). */
  readonly maxRetries?: number;
  /** Additional transient statuses, each with the first wait in milliseconds, which doubles with each retry. */
  readonly extraTransient?: Readonly<Record<number, number>> | undefined;
  /** Maximum number of retries for requests that timed out (default: `maxRetries`). */
  readonly maxTimeoutRetries?: number;
}

/**
 * Retries requests after transient failures. Unlike core-rest-pipeline's own `retryPolicy`, it waits by the Context's
 * clock, so that tests do not wait and Ctrl+C ends the wait.
 */
export function retryPolicy(options: RetryPolicyOptions): PipelinePolicy {
  const { clock, onRetry, maxRetries = MAX_RETRIES, maxTimeoutRetries = maxRetries } = options;
  return {
    name: "retry",
    async sendRequest(request, next) {
      let timeouts = 0;
      for (let retries = 0;; retries++) {
        let response: PipelineResponse | undefined;
        let error: RestError | undefined;
        try {
          response = await next(request);
        } catch (thrown) {
          error = thrown as RestError;
        }
        if (error?.code === "ETIMEDOUT") timeouts++;
        const isEnd = retries >= maxRetries || timeouts > maxTimeoutRetries || isUserError(response);
        const waitMs = isEnd ? undefined : retryWaitMs(response, error, { ...options, retries });
        if (waitMs === undefined) {
          if (response !== undefined) return response;
          throw error;
        }
        const url = request.url.split("?")[0]!;
        const event = { method: request.method, url, status: response?.status, waitMs, retry: retries + 1 };
        if (onRetry?.(event) === false && response !== undefined) return response;
        await clock.sleep(waitMs, request.abortSignal as AbortSignal | undefined);
      }
    },
  };
}

/**
 * Whether Azure ML itself blames the request, whatever the status: a private link refuses with 502, as
 * https://github.com/MicrosoftDocs/azure-docs/issues/90426 shows.
 */
function isUserError(response: PipelineResponse | undefined): boolean {
  if (response === undefined || response.status < 500) return false;
  const { error, Error } = fields(parsedJson(response.bodyAsText ?? ""));
  return [fields(error).code, fields(Error).Code].includes("UserError");
}
