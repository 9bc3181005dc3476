import type { Clock } from "../../core/context.ts";
import type { Token, TokenDemand } from "../credential.ts";

/** A token that expires sooner than this is renewed. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** Most tokens per audience that Azure may refuse with a demand before that becomes an error. */
const MAX_CHALLENGES = 5;

/** A token that Azure refused, and its demand for the next one. */
export interface Challenge extends TokenDemand {
  /** The refused token. */
  readonly refused: string;
}

interface Kept {
  readonly token: Token;
  readonly demand: TokenDemand;
  /** The tenant that all tokens had to come from at that time. */
  readonly tenant: string | undefined;
}

/** Options of {@linkcode cacheTokens}. */
export interface TokenCacheOptions {
  readonly getToken: (scope: string, demand: TokenDemand) => Promise<Token>;
  /** Creates the error for a demand that Azure repeats although Entra ID issued a token for it. */
  readonly repeated: (scope: string, demand: TokenDemand) => Error;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Caches one token per audience in memory and renews it before it expires. Concurrent calls share one request.
 * Failures are not cached.
 *
 * A demand of Azure also applies to later tokens: claims for the same audience, a tenant for all audiences. If Azure
 * repeats a demand for the token that was issued for it, that is an error, so that nobody is prompted over and over.
 *
 * This is the only cache that is used. The SDKs' own caches are bypassed: they would return a token that is about to
 * expire.
 */
export function cacheTokens(
  { getToken, repeated, clock }: TokenCacheOptions,
): (scope: string, challenge?: Challenge) => Promise<Token> {
  const tokens = new Map<string, Kept>();
  const pending = new Map<string, Promise<Token>>();
  const claims = new Map<string, string>();
  const challenges = new Map<string, number>();
  let tenant: string | undefined;

  function renew(scope: string, demand: TokenDemand = { claims: claims.get(scope), tenant }): Promise<Token> {
    const key = JSON.stringify([scope, demand]);
    const renewal = pending.get(key) ??
      getToken(scope, demand).then((token) => {
        tokens.set(scope, { token, demand, tenant: demand.claims === undefined ? demand.tenant : tenant });
        return token;
      }).finally(() => pending.delete(key));
    pending.set(key, renewal);
    return renewal;
  }

  async function answer(scope: string, challenge: Challenge): Promise<Token> {
    const kept = tokens.get(scope);
    // Another request got the same response first, and the new token is already cached.
    if (kept !== undefined && kept.token.token !== challenge.refused) return kept.token;
    const demand = { claims: challenge.claims ?? claims.get(scope), tenant: challenge.tenant ?? tenant };
    const count = (challenges.get(scope) ?? 0) + 1;
    const isSame = kept?.demand.claims === demand.claims && kept?.demand.tenant === demand.tenant;
    if (isSame || count > MAX_CHALLENGES) throw repeated(scope, demand);
    const token = await renew(scope, demand);
    challenges.set(scope, count);
    if (challenge.claims !== undefined) claims.set(scope, challenge.claims);
    else tenant = demand.tenant;
    return token;
  }

  return async (scope, challenge) => {
    if (challenge !== undefined) return await answer(scope, challenge);
    const kept = tokens.get(scope);
    const isGood = kept !== undefined && kept.tenant === tenant &&
      kept.token.expiresAt.getTime() - clock.now().getTime() > RENEW_BEFORE_MS;
    return isGood ? kept.token : await renew(scope);
  };
}
