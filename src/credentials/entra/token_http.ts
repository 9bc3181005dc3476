import { createAzureClient, type HttpClient } from "../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { networkError } from "../../core/net/network_error.ts";
import { redact } from "../../core/text/redact.ts";
import type { CredentialContext, CredentialOptions } from "../credential.ts";
import { entraError } from "./error.ts";
import { type EntraProblem, type EntraSubject, readEntraProblem } from "./problem.ts";

/** Milliseconds that one request of a sign-in may take, and how often it is tried again; once only without any answer. */
const [ATTEMPT_MS, MAX_RETRIES, MAX_SILENCES] = [15_000, 3, 1];

/** The network of a sign-in, which remembers what was said on it last. */
export interface Wire {
  readonly client: HttpClient;
  /** Forgets what was said so far. */
  reset(): void;
  /** How long the token that came last is good for, in milliseconds; `undefined` where none came. */
  lifetimeMs(): number | undefined;
  /** What Entra ID or the network said against it last. */
  problem(): EntraProblem | undefined;
  /** The same in words, as something to throw; `undefined` where nothing went wrong on the wire. */
  explain(subject: EntraSubject): unknown;
}

/** What a wire is made with. */
export interface WireOptions extends Pick<CredentialOptions, "onRetry"> {
  /** Values that may never be seen. */
  readonly secrets: readonly (string | undefined)[];
}

/** Makes the network of one sign-in. */
export function createWire(ctx: CredentialContext, { secrets, onRetry }: WireOptions): Wire {
  const [maxRetries, maxSilences] = [MAX_RETRIES, MAX_SILENCES];
  const inner = createAzureClient({
    ...ctx,
    maxRetries,
    maxSilences,
    // A secret goes to Entra ID, and to nobody whom something in its place names.
    redirect: "manual",
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
      // The SDK has a signal of its own here, which knows nothing of Ctrl+C.
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, ctx.signal]) : ctx.signal;
      try {
        const response = await inner.sendRequest(request);
        const text = response.bodyAsText ?? "";
        status = response.status;
        if (status >= 400) problem = readEntraProblem(redact(text, secrets));
        if (status >= 400 || !isJson(text)) {
          failure = { url: request.url, error: new Error(`It answered with status ${status}`) };
        } else lifetimeMs = readLifetimeMs(text) ?? lifetimeMs;
        return response;
      } catch (error) {
        failure = { url: request.url, error };
        throw error;
      }
    },
  };
  return {
    client,
    reset: () => void ([problem, failure, lifetimeMs] = [undefined, undefined, undefined]),
    lifetimeMs: () => lifetimeMs,
    problem: () => problem,
    explain(subject: EntraSubject): unknown {
      const isBusy = status === 429 || status >= 500;
      if (isBusy && problem?.code === undefined) return busy(subject, status);
      if (problem !== undefined) return entraError(problem, subject);
      if (failure === undefined) return undefined;
      const { url, error } = failure;
      if (error instanceof UserError || !(error instanceof Error)) return error;
      const said = new Error(redact(error.message, secrets));
      return networkError(`sign in with ${subject.credential}`, url, said);
    },
  };
}

/** It was asked again and again, so that it is no use to do so at once. */
function busy({ credential }: EntraSubject, status: number): UserError {
  return new UserError(
    `Cannot sign in with ${credential}: Entra ID answered with ${status}, again and again`,
    {
      code: "auth.busy",
      exit: ExitCode.Unavailable,
      hint:
        "Try again in some minutes; where it stays so, run `kedro-azureml doctor`: a proxy may answer in its place",
      data: { status },
    },
  );
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function readLifetimeMs(body: string): number | undefined {
  try {
    const seconds = Number(JSON.parse(body).expires_in);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}
