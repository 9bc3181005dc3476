import { untilAborted } from "../../core/async.ts";
import type { Cloud } from "../../core/clouds/load.ts";
import type { CredentialContext, CredentialOptions, Token, TokenDemand } from "../credential.ts";
import type { DeviceCode } from "../interaction.ts";
import {
  type AccountInfo,
  type AuthenticationResult,
  cachePlugin,
  type DeviceCodeResponse,
  type Keeper,
  loadMsal,
  msalNetwork,
} from "../entra/msal.ts";
import { requireTenant } from "../entra/tenant.ts";
import { createSignInClient } from "../entra/token_http.ts";
import { endedByPerson, requireAuthorizationCode } from "./unfinished.ts";

/**
 * The application that people sign in to by default: `DeveloperSignOnClientId` of `@azure/identity`
 * (`src/constants.ts`), which the developer credentials of all Azure SDKs use. It is Azure CLI's.
 */
export const DEVELOPER_CLIENT_ID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/** Allows any tenant of work or school accounts; the person's own tenant is known after the sign-in. */
export const ANY_TENANT = "organizations";

/** The account that signed in. */
export interface Account {
  /** MSAL's `homeAccountId`. */
  readonly id: string;
  readonly username: string;
  readonly tenant: string;
}

/** A token and its account. */
export interface SignedIn {
  readonly token: Token;
  readonly account: Account;
}

/** The token to sign in for. */
export interface SignInRequest {
  readonly scope: string;
  /** Further requirements of Azure. */
  readonly demand?: TokenDemand | undefined;
  /** User name of the account that must sign in (default: the person chooses). */
  readonly loginHint?: string | undefined;
}

/** A {@linkcode SignInRequest} for the browser. */
export interface BrowserRequest extends SignInRequest {
  readonly redirectUri: string;
  readonly state: string;
}

/** A browser sign-in that has started. */
export interface BrowserStart {
  /** The URL to open. */
  readonly url: string;
  /** Redeems the parameters of the redirect for a token. */
  redeem(answer: URLSearchParams): Promise<SignedIn>;
}

/** Signs people in; tokens stay in memory unless `keep` is given. */
export interface PublicClient {
  startBrowser(request: BrowserRequest): Promise<BrowserStart>;
  /** Calls `onCode` with the code to enter, and waits until the person has signed in. */
  byDeviceCode(request: SignInRequest, onCode: (code: DeviceCode) => void): Promise<SignedIn>;
  /** Gets a token for an account that signed in before, without a prompt. */
  silently(scope: string, accountId: string, options?: SilentOptions): Promise<SignedIn>;
  /** The token cache as text; as secret as a password. */
  serialize(): string;
}

/** Options for renewing a token. */
export interface SilentOptions extends TokenDemand {
  /** Whether to get a new token even if one is cached (default: if this client has returned one before). */
  readonly fresh?: boolean;
}

/** Options of {@linkcode createPublicClient}. */
export interface PublicClientOptions extends Pick<CredentialOptions, "onRetry"> {
  readonly cloud: Cloud;
  readonly tenant: string;
  readonly clientId: string;
  /** Name of the credential, for messages. */
  readonly credential: string;
  readonly keep?: Keeper | undefined;
}

/**
 * Creates an MSAL client that uses nothing but `ctx`.
 *
 * @throws {UserError} from all its functions: `auth.*` when Entra ID refuses, `network.*` when it cannot be reached.
 */
export async function createPublicClient(
  ctx: CredentialContext,
  options: PublicClientOptions,
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

  /** Converts a demand to MSAL's options. */
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

function toAccount({ homeAccountId: id, username, tenantId: tenant }: AccountInfo): Account {
  return { id, username, tenant };
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
