import { fields, parsedJson } from "../../core/fields.ts";
import { createAzureClient, type HttpClient } from "../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { networkError } from "../../core/net/network_error.ts";
import { redact } from "../../core/text/redact.ts";
import type { CredentialContext, CredentialOptions } from "../credential.ts";
import { entraError } from "./error.ts";
import { type EntraProblem, type EntraSubject, readEntraProblem } from "./problem.ts";

/** Timeout of one request of a sign-in, its number of retries, and its number of retries after a timeout. */
const [ATTEMPT_MS, MAX_RETRIES, MAX_SILENCES] = [15_000, 3, 1];

/** More of an error is not read; Entra ID's are about 1 KiB. */
const MOST_CHARACTERS = 64 * 1024;

/** The HTTP client of a sign-in, which keeps the last response to explain failures. */
export interface SignInClient {
  readonly client: HttpClient;
  /** When the last token expires, by its lifetime and this machine's clock; `otherwise` if it has none. */
  expiry(otherwise: Date): Date;
  /**
   * Runs sign-ins one after the other, so that the last response belongs to this one and explains its failure.
   *
   * @param explain Explains a failure better than the response, given the last error response of Entra ID.
   */
  run<T>(
    subject: EntraSubject,
    signIn: () => Promise<T>,
    explain?: (thrown: unknown, problem: EntraProblem | undefined) => UserError | undefined,
  ): Promise<T>;
}

/** Options of {@linkcode createSignInClient}. */
export interface WireOptions extends Pick<CredentialOptions, "onRetry"> {
  /** Values to mask in every message. */
  readonly secrets: readonly (string | undefined)[];
}

/** Creates the HTTP client of one sign-in. */
export function createSignInClient(ctx: CredentialContext, { secrets, onRetry }: WireOptions): SignInClient {
  const [maxRetries, maxTimeoutRetries] = [MAX_RETRIES, MAX_SILENCES];
  const inner = createAzureClient({
    ...ctx,
    maxRetries,
    maxTimeoutRetries,
    ...(onRetry === undefined ? {} : { onRetry }),
  });
  let problem: EntraProblem | undefined;
  let failure: { url: string; error: unknown } | undefined;
  let lifetimeMs: number | undefined;
  let status = 0;
  const client: HttpClient = {
    async sendRequest(request) {
      [problem, failure, status] = [undefined, undefined, 0];
      request.timeout = ATTEMPT_MS;
      // The SDK passes its own signal, which Ctrl+C does not abort.
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, ctx.signal]) : ctx.signal;
      try {
        const response = await inner.sendRequest(request);
        const text = response.bodyAsText ?? "";
        status = response.status;
        if (status >= 400) problem = readEntraProblem(redact(text.slice(0, MOST_CHARACTERS), secrets));
        if (status >= 300 || typeof parsedJson(text) !== "object") {
          failure = { url: request.url, error: new Error(`It answered with status ${status}`) };
        } else lifetimeMs = readLifetimeMs(text) ?? lifetimeMs;
        return response;
      } catch (error) {
        failure = { url: request.url, error };
        throw error;
      }
    },
  };

  /** The error to throw for the last failure; `undefined` if no request failed. */
  function explained(subject: EntraSubject): unknown {
    const isBusy = status === 429 || status >= 500;
    if (isBusy && problem?.code === undefined) return busy(subject, status);
    if (problem !== undefined) return entraError(problem, subject);
    if (failure === undefined) return undefined;
    const { url, error } = failure;
    if (error instanceof UserError || !(error instanceof Error)) return error;
    const redacted = new Error(redact(error.message, secrets));
    return networkError(`sign in with ${subject.credential}`, url, redacted);
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    client,
    expiry: (otherwise) =>
      lifetimeMs === undefined ? otherwise : new Date(ctx.clock.now().getTime() + lifetimeMs),
    run(subject, signIn, explain) {
      const next = last.catch(() => {}).then(async () => {
        [problem, failure, lifetimeMs] = [undefined, undefined, undefined];
        try {
          return await signIn();
        } catch (thrown) {
          ctx.signal.throwIfAborted();
          if (thrown instanceof UserError) throw thrown;
          throw explain?.(thrown, problem) ?? explained(subject) ?? unexplained(thrown, subject, secrets);
        }
      });
      last = next;
      return next;
    },
  };
}

/** The error for a failure of the library itself, without an HTTP response; its message may contain secrets. */
function unexplained(
  thrown: unknown,
  { credential }: EntraSubject,
  secrets: readonly (string | undefined)[],
): UserError {
  const message = thrown instanceof Error ? thrown.message.split("\n")[0]! : String(thrown);
  return new UserError(`Cannot sign in with ${credential}: ${redact(message, secrets)}`, {
    code: "auth.refused",
    hint: "Run `kedro-azureml auth status`",
  });
}

function busy({ credential }: EntraSubject, status: number): UserError {
  return new UserError(
    `Cannot sign in with ${credential}: Entra ID answered with status ${status} after ${
      MAX_RETRIES + 1
    } attempts`,
    {
      code: "auth.busy",
      exit: ExitCode.Unavailable,
      hint:
        "Try again in a few minutes; if it happens again, run `kedro-azureml doctor`: a proxy may be answering instead",
      data: { status },
    },
  );
}

function readLifetimeMs(body: string): number | undefined {
  const seconds = Number(fields(parsedJson(body)).expires_in);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
