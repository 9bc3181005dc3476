import { untilAborted } from "../core/async.ts";
import { UserError } from "../core/errors.ts";
import { ownValue } from "../core/json.ts";
import type { Cloud } from "../core/net/clouds.ts";
import type { CredentialContext, CredentialOptions, DeviceCode, Token, TokenDemand } from "./credential.ts";
import { entraError, type EntraSubject, readEntraProblem } from "./entra_errors.ts";
import {
  type AccountInfo,
  type AuthenticationResult,
  cachePlugin,
  createSignInClient,
  type DeviceCodeResponse,
  type Keeper,
  loadMsal,
  msalNetwork,
  requireTenant,
} from "./entra_http.ts";

/**
 * The application that people sign in to by default: `DeveloperSignOnClientId` of `@azure/identity`
 * (`src/constants.ts`), which the developer credentials of all Azure SDKs use. It is Azure CLI's.
 */
export const DEVELOPER_CLIENT_ID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/** Allows any tenant of work or school accounts; the person's own tenant is known after the sign-in. */
export const ANY_TENANT = "organizations";

export type Account = ReturnType<typeof toAccount>;

export interface SignedIn {
  readonly token: Token;
  readonly account: Account;
}

export interface SignInRequest {
  readonly scope: string;
  readonly demand?: TokenDemand | undefined;
  /** User name of the account that must sign in (default: the person chooses). */
  readonly loginHint?: string | undefined;
}

/** Signs people in; tokens stay in memory unless `keep` is given. */
export interface PublicClient {
  startBrowser(
    request: SignInRequest & {
      readonly redirectUri: string;
      readonly state: string;
    },
  ): Promise<{
    readonly url: string;
    redeem(answer: URLSearchParams): Promise<SignedIn>;
  }>;
  /** Calls `onCode` with the code to enter, and waits until the person has signed in. */
  byDeviceCode(request: SignInRequest, onCode: (code: DeviceCode) => void): Promise<SignedIn>;
  /** Gets a token for an account that signed in before, without a prompt. */
  silently(
    scope: string,
    accountId: string,
    options?: TokenDemand & {
      /** Whether to get a new token even if one is cached (default: if this client has returned one before). */
      readonly fresh?: boolean;
    },
  ): Promise<SignedIn>;
  /** The token cache as text; as secret as a password. */
  serialize(): string;
}

/**
 * Creates an MSAL client that uses nothing but `ctx`.
 *
 * @throws {UserError} from all its functions: `auth.*` when Entra ID refuses, `network.*` when it cannot be reached.
 */
export async function createPublicClient(
  ctx: CredentialContext,
  options: Pick<CredentialOptions, "onRetry"> & {
    readonly cloud: Cloud;
    readonly tenant: string;
    readonly clientId: string;
    readonly credential: string;
    readonly keep?: Keeper | undefined;
  },
): Promise<PublicClient> {
  const { cloud, tenant, clientId, credential, keep, onRetry } = options;
  requireTenant(tenant, credential);
  const { PublicClientApplication, CryptoProvider } = await loadMsal();
  const wire = createSignInClient(ctx, { secrets: [], onRetry });
  const app = new PublicClientApplication({
    auth: {
      clientId,
      authority: `${cloud.authority}/${tenant}`,
      knownAuthorities: cloud.isKnownAuthority ? [] : [cloud.authority],
    },
    cache: keep === undefined ? {} : { cachePlugin: cachePlugin(keep) },
    system: {
      networkClient: msalNetwork(wire),
      disableInternalRetries: true,
    },
  });

  const toMsal = ({ claims, tenant: demanded }: TokenDemand = {}) => ({
    ...(claims !== undefined && { claims }),
    ...(demanded !== undefined && { authority: `${cloud.authority}/${demanded}` }),
  });

  const explained = <T>(scope: string, action: () => Promise<T>, from = tenant) =>
    wire.run(
      { credential, tenant: from, clientId, audience: scope.replace(/\/\.default$/, "") },
      action,
      (thrown, problem) =>
        endedByPerson(credential, problem?.error, (thrown as { errorCode?: string }).errorCode),
    );

  /** The audiences that this client has a token for, which MSAL would return again. */
  const usedScopes = new Set<string>();
  function signedIn(scope: string, result: AuthenticationResult | null): SignedIn {
    const { accessToken, expiresOn, account } = result ?? {};
    if (!accessToken || !expiresOn || !account) throw new TypeError("There is no token in the answer");
    usedScopes.add(scope);
    return { token: { token: accessToken, expiresAt: wire.expiry(expiresOn) }, account: toAccount(account) };
  }

  return {
    startBrowser: ({ scope, demand, loginHint, redirectUri, state }) =>
      explained(scope, async () => {
        const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
        const request = { scopes: [scope], redirectUri, ...toMsal(demand) };
        const url = await app.getAuthCodeUrl({
          ...request,
          state,
          responseMode: "form_post",
          codeChallenge: challenge,
          codeChallengeMethod: "S256",
          ...(loginHint === undefined ? { prompt: "select_account" } : { loginHint }),
        });
        const redeem = (answer: URLSearchParams) =>
          explained(scope, async () => {
            const code = requireAuthorizationCode(answer, { credential, tenant, clientId });
            return signedIn(
              scope,
              await app.acquireTokenByCode({ ...request, code, codeVerifier: verifier }),
            );
          });
        return { url, redeem };
      }),
    byDeviceCode: ({ scope, demand }, onCode) =>
      explained(scope, async () => {
        const request = {
          scopes: [scope],
          cancel: false,
          deviceCodeCallback: toDeviceCode(onCode),
          ...toMsal(demand),
        };
        const onAbort = () => void (request.cancel = true);
        ctx.signal.addEventListener("abort", onAbort);
        try {
          // MSAL itself checks its flag only between polls.
          return signedIn(scope, await untilAborted(app.acquireTokenByDeviceCode(request), ctx.signal));
        } finally {
          ctx.signal.removeEventListener("abort", onAbort);
        }
      }),
    silently: (scope, accountId, { fresh = usedScopes.has(scope), ...demand } = {}) =>
      explained(scope, async () => {
        const accounts = await app.getTokenCache().getAllAccounts();
        const account = accounts.find(({ homeAccountId }) => homeAccountId === accountId);
        if (account === undefined) throw new TypeError("the account is no longer there");
        // MSAL looks for a token of the account's own tenant, whatever the authority is.
        const tenantId = demand.tenant ?? (tenant === ANY_TENANT ? account.tenantId : tenant);
        const request = {
          account: { ...account, tenantId },
          scopes: [scope],
          forceRefresh: fresh,
          ...toMsal(demand),
        };
        return signedIn(scope, await app.acquireTokenSilent(request));
      }, demand.tenant),
    serialize: () => app.getTokenCache().serialize(),
  };
}

function toAccount({ homeAccountId: id, username, tenantId: tenant }: AccountInfo) {
  return {
    /** MSAL's `homeAccountId`. */
    id,
    username,
    tenant,
  };
}

/** MSAL calls back even when Entra ID returned no code. */
function toDeviceCode(onCode: (code: DeviceCode) => void) {
  return ({ userCode, verificationUri, expiresIn: expiresInS }: Partial<DeviceCodeResponse>) => {
    if (userCode === undefined || verificationUri === undefined || expiresInS === undefined) {
      throw new TypeError("There is no code in the answer");
    }
    onCode({ userCode, verificationUri, expiresInS });
  };
}

/** Returns the authorization code of a redirect. @throws {UserError} `auth.*` if it has an error instead. */
export function requireAuthorizationCode(parameters: URLSearchParams, subject: EntraSubject): string {
  const code = parameters.get("code");
  if (code !== null) return code;
  const error = parameters.get("error") ?? "no_code";
  const problem = {
    error,
    error_description: parameters.get("error_description") ?? "the browser returned no code",
  };
  throw endedByPerson(subject.credential, error) ??
    entraError(readEntraProblem(JSON.stringify(problem))!, subject);
}

/** OAuth error codes for a sign-in that the person did not finish, with our code and reason. */
const ENDS: Readonly<Record<string, readonly [string, string]>> = {
  // auth.declined: The sign-in was declined. Run the command again.
  authorization_declined: ["declined", "it was declined"],
  access_denied: ["declined", "it was declined"],
  // auth.too_late: Nobody completed the sign-in in time. Run the command again.
  expired_token: ["too_late", "the code was not entered in time"],
  device_code_expired: ["too_late", "the code was not entered in time"],
};

/** The error for an OAuth error code that means the person did not finish; `undefined` for other codes. */
export function endedByPerson(
  credential: string,
  ...codes: readonly (string | undefined)[]
): UserError | undefined {
  const end = codes.map((code) => ownValue(ENDS, code ?? "")).find((end) => end !== undefined);
  return end && signInEnded(credential, ...end);
}

export function signInEnded(credential: string, code: string, reason: string): UserError {
  return new UserError(`Cannot sign in with ${credential}: ${reason}`, {
    code: `auth.${code}`,
    hint: "Run `kedro-azureml auth login` to try again",
  });
}
