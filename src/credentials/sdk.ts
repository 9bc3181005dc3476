import { createAzureClient, type HttpClient } from "../azure_http.ts";
import { ExitCode, UserError } from "../errors.ts";
import { networkError } from "../network_error.ts";
import { redact } from "../redact.ts";
import type { CredentialContext, CredentialOptions, Token } from "./credential.ts";
import { entraError, type EntraProblem, type EntraSubject, readEntraProblem } from "./entra_error.ts";

/** Seconds that one request of a sign-in may take. */
const ATTEMPT_MS = 15_000;

/** What every credential of `@azure/identity` is made with; nothing is left to the process environment. */
export interface SdkOptions {
  readonly httpClient: HttpClient;
  readonly retryOptions: { readonly maxRetries: 0 };
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly loggingOptions: { readonly allowLoggingAccountIdentifiers: false };
}

/** A credential of `@azure/identity`. */
export interface SdkCredential {
  getToken(scope: string): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** The package itself, loaded when the first credential needs it (about 80 ms). */
export type Sdk = typeof import("@azure/identity");

/** What {@linkcode sdkCredential} signs in with. */
export interface SdkSignIn {
  readonly subject: EntraSubject;
  readonly create: (sdk: Sdk, options: SdkOptions) => SdkCredential;
  /** Values that may never be seen. */
  readonly secrets: readonly (string | undefined)[];
  /** Tries after the first; 3 where absent. */
  readonly maxRetries?: number;
  /** Milliseconds for each attempt; 15 000 where absent. */
  readonly attemptMs?: number;
}

/**
 * Makes `getToken` out of a credential of `@azure/identity`.
 *
 * What the service answered is read off the wire, as the SDK's own errors hide it behind words for its developers.
 *
 * @throws {UserError} from the result: `auth.*` when Entra ID refuses, `network.*` when it cannot be reached.
 */
export function sdkCredential(
  ctx: CredentialContext,
  { cloud, onRetry }: Pick<CredentialOptions, "cloud" | "onRetry">,
  { subject, create, secrets, maxRetries = 3, attemptMs = ATTEMPT_MS }: SdkSignIn,
): (scope: string) => Promise<Token> {
  const wire = createWire(ctx, { maxRetries, attemptMs, secrets, onRetry });
  const options: SdkOptions = {
    httpClient: wire.client,
    retryOptions: { maxRetries: 0 },
    authorityHost: cloud.authority,
    disableInstanceDiscovery: !cloud.isKnownAuthority,
    loggingOptions: { allowLoggingAccountIdentifiers: false },
  };
  const fresh = async () => create(await import("@azure/identity"), options);
  let current: SdkCredential | undefined;
  const asked = new Set<string>();
  async function signIn(scope: string): Promise<Token> {
    // The SDK would give its own copy of the token again, although we ask because that is about to end.
    if (current === undefined || asked.has(scope)) {
      current = await fresh();
      asked.clear();
    }
    asked.add(scope);
    wire.reset();
    try {
      const answer = await current.getToken(scope);
      if (answer === null) throw new TypeError("The SDK gave no token");
      const lifetimeMs = wire.lifetimeMs();
      const expiresAt = lifetimeMs === undefined
        ? new Date(answer.expiresOnTimestamp)
        : new Date(ctx.clock.now().getTime() + lifetimeMs);
      return { token: answer.token, expiresAt };
    } catch (thrown) {
      current = undefined;
      ctx.signal.throwIfAborted();
      throw wire.explain({ ...subject, audience: scope.replace(/\/\.default$/, "") }) ??
        unexplained(thrown, subject, secrets);
    }
  }

  // One after the other: what came over the wire last must be about this sign-in.
  let last: Promise<unknown> = Promise.resolve();
  return (scope) => {
    const next = last.catch(() => {}).then(() => signIn(scope));
    last = next;
    return next;
  };
}

type WireOptions =
  & Required<Pick<SdkSignIn, "maxRetries" | "attemptMs" | "secrets">>
  & Pick<CredentialOptions, "onRetry">;

/** The client of the SDK, which remembers what the service said last. */
function createWire(
  ctx: CredentialContext,
  { maxRetries, attemptMs, secrets, onRetry }: WireOptions,
) {
  const inner = createAzureClient({ ...ctx, maxRetries, ...(onRetry === undefined ? {} : { onRetry }) });
  let problem: EntraProblem | undefined;
  let failure: { url: string; error: unknown } | undefined;
  let lifetimeMs: number | undefined;
  const client: HttpClient = {
    async sendRequest(request) {
      [problem, failure] = [undefined, undefined];
      request.timeout = attemptMs;
      // The SDK has a signal of its own here, which knows nothing of Ctrl+C.
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, ctx.signal]) : ctx.signal;
      try {
        const response = await inner.sendRequest(request);
        if (response.status >= 400) {
          problem = readEntraProblem(redact(response.bodyAsText ?? "", secrets));
          const error = new Error(`It answered with status ${response.status}`);
          failure = { url: request.url, error };
        } else lifetimeMs = readLifetimeMs(response.bodyAsText ?? "") ?? lifetimeMs;
        return response;
      } catch (error) {
        failure = { url: request.url, error };
        throw error;
      }
    },
  };
  return {
    client,
    reset: () => [problem, failure, lifetimeMs] = [undefined, undefined, undefined],
    lifetimeMs: () => lifetimeMs,
    explain(subject: EntraSubject): unknown {
      if (problem !== undefined) return entraError(problem, subject);
      if (failure === undefined) return undefined;
      const { url, error } = failure;
      if (error instanceof UserError || !(error instanceof Error)) return error;
      const said = new Error(redact(error.message, secrets));
      return networkError(`sign in with ${subject.credential}`, url, said);
    },
  };
}

function readLifetimeMs(body: string): number | undefined {
  try {
    const seconds = Number(JSON.parse(body).expires_in);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing came over the wire, so the SDK itself refused; its words may hold what it was given. */
function unexplained(
  thrown: unknown,
  { credential }: EntraSubject,
  secrets: readonly (string | undefined)[],
): UserError {
  const said = thrown instanceof Error ? thrown.message.split("\n")[0]! : String(thrown);
  return new UserError(`Cannot sign in with ${credential}: ${redact(said, secrets)}`, {
    code: "auth.refused",
    exit: ExitCode.Auth,
    hint: "Run `kedro-azureml auth status`",
  });
}
