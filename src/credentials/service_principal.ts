import type { ClientSecretCredential, ClientSecretCredentialOptions } from "@azure/identity";
import { proxyFor } from "../core/net/proxy.ts";
import {
  type CredentialContext,
  type CredentialOptions,
  type Token,
  type TokenDemand,
  variable,
} from "./credential.ts";
import type { EntraSubject } from "./entra_errors.ts";
import { createSignInClient, requireOneTenant } from "./entra_http.ts";

type SdkCredential = Pick<ClientSecretCredential, "getToken">;

/**
 * The package, loaded when the first credential needs it (about 80 ms). It is used where a service principal has a secret
 * or an assertion; nowhere else, because its other credentials read the process environment and pass it to programs.
 */
type Sdk = typeof import("@azure/identity");

/** Loads the package during another wait, if the environment variables name a service principal with a secret. */
export function prepareSdk(env: CredentialContext["env"]): void {
  if (variable(env, "AZURE_CLIENT_SECRET") !== undefined) import("@azure/identity").catch(() => {});
}

/**
 * Creates `getToken` from a credential of `@azure/identity`.
 *
 * Failures are explained from the HTTP responses, because the SDK's own errors are written for developers.
 *
 * @throws {UserError} from the returned function: `auth.*` when Entra ID refuses, `network.*` when it cannot be
 *   reached.
 */
export function sdkCredential(
  ctx: CredentialContext,
  { cloud, onRetry }: Pick<CredentialOptions, "cloud" | "onRetry">,
  { subject, create, secrets }: {
    readonly subject: EntraSubject;
    readonly create: (sdk: Sdk, options: ClientSecretCredentialOptions) => SdkCredential;
    readonly secrets: readonly (string | undefined)[];
  },
): (scope: string, demand?: TokenDemand) => Promise<Token> {
  const wire = createSignInClient(ctx, { secrets, onRetry });
  // With all of these, the package takes nothing from the process environment.
  const options: ClientSecretCredentialOptions = {
    httpClient: wire.client,
    retryOptions: { maxRetries: 0 },
    authorityHost: cloud.authority,
    disableInstanceDiscovery: !cloud.isKnownAuthority,
    loggingOptions: { allowLoggingAccountIdentifiers: false },
  };
  const fresh = async () => create(await import("@azure/identity"), options);
  let current: SdkCredential | undefined;
  const usedScopes = new Set<string>();
  async function signIn(scope: string, { claims }: TokenDemand): Promise<Token> {
    if (subject.tenant !== undefined) requireOneTenant(subject.tenant, subject.credential);
    // Fails with our own error if the proxy variable is invalid; the SDK reads it too.
    proxyFor(new URL(cloud.authority), ctx.env);
    // The SDK would return its cached token, even if that is about to expire or was refused.
    if (current === undefined || usedScopes.has(scope)) {
      current = await fresh();
      usedScopes.clear();
    }
    usedScopes.add(scope);
    const { token, expiresOnTimestamp } = await current.getToken(
      scope,
      claims === undefined ? {} : { claims },
    )
      .catch((thrown) => {
        current = undefined;
        throw thrown;
      });
    return { token, expiresAt: wire.expiry(new Date(expiresOnTimestamp)) };
  }

  return (scope, demand = {}) =>
    wire.run({ ...subject, audience: scope.replace(/\/\.default$/, "") }, () => signIn(scope, demand));
}
