import type { HttpClient } from "../../core/net/azure_http.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { proxyFor } from "../../core/net/proxy.ts";
import { redact } from "../../core/text/redact.ts";
import type { CredentialContext, CredentialOptions, Token, TokenDemand } from "../credential.ts";
import type { EntraSubject } from "./problem.ts";
import { requireOneTenant } from "./tenant.ts";
import { createWire } from "./token_http.ts";

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
  getToken(
    scope: string,
    options?: { claims?: string },
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** The package itself, loaded when the first credential needs it (about 80 ms). */
export type Sdk = typeof import("@azure/identity");

/** What {@linkcode sdkCredential} signs in with. */
export interface SdkSignIn {
  readonly subject: EntraSubject;
  readonly create: (sdk: Sdk, options: SdkOptions) => SdkCredential;
  /** Values that may never be seen. */
  readonly secrets: readonly (string | undefined)[];
}

/**
 * Makes `getToken` out of a credential of `@azure/identity`.
 *
 * Failures are explained from the HTTP answers, because the SDK's own errors are written for developers.
 *
 * @throws {UserError} from the result: `auth.*` when Entra ID refuses, `network.*` when it cannot be reached.
 */
export function sdkCredential(
  ctx: CredentialContext,
  { cloud, onRetry }: Pick<CredentialOptions, "cloud" | "onRetry">,
  { subject, create, secrets }: SdkSignIn,
): (scope: string, demand?: TokenDemand) => Promise<Token> {
  const wire = createWire(ctx, { secrets, onRetry });
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
  async function signIn(scope: string, { claims }: TokenDemand): Promise<Token> {
    if (subject.tenant !== undefined) requireOneTenant(subject.tenant, subject.credential);
    // Fails with our own error if the proxy variable is invalid; the SDK reads it too.
    proxyFor(new URL(cloud.authority), ctx.env);
    wire.reset();
    try {
      // The SDK would return its own copy of the token again, although that is about to expire or was refused.
      if (current === undefined || asked.has(scope)) {
        current = await fresh();
        asked.clear();
      }
      asked.add(scope);
      const answer = await current.getToken(scope, claims === undefined ? {} : { claims });
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

  // One at a time, so that the last answer belongs to this sign-in.
  let last: Promise<unknown> = Promise.resolve();
  return (scope, demand = {}) => {
    const next = last.catch(() => {}).then(() => signIn(scope, demand));
    last = next;
    return next;
  };
}

/** The error for a failure of the library itself, without any HTTP answer; its message may contain secrets. */
export function unexplained(
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
