import type { Clock } from "../../core/context.ts";
import type { Token, TokenDemand } from "../credential.ts";

/** A token with less than this left is renewed. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** How many tokens of one audience Azure may refuse with a demand before it is told to the user. */
const MAX_CHALLENGES = 5;

/** A token that Azure refused, and what it demands of the next one. */
export interface Challenge extends TokenDemand {
  /** The token that was refused. */
  readonly refused: string;
}

interface Kept {
  readonly token: Token;
  readonly demand: TokenDemand;
  /** The tenant that Azure had named for all tokens by then. */
  readonly tenant: string | undefined;
}

/** What {@linkcode cacheTokens} uses. */
export interface TokenCacheOptions {
  readonly getToken: (scope: string, demand: TokenDemand) => Promise<Token>;
  /** The error for a demand that was met, as far as Entra ID knows, and that Azure repeats. */
  readonly repeated: (scope: string, demand: TokenDemand) => Error;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Keeps one token for each audience in memory and renews it before it expires. Calls at the same time share one request.
 * Failures are not kept.
 *
 * What Azure demanded of one token counts for those after it: the claims for the same audience, the tenant for all. A
 * demand that Azure repeats for the very token that was made for it is an error, so that nobody is asked to sign in again
 * and again.
 *
 * This is the only cache that is read. Those of the SDKs are passed over: they would return a token of theirs again although
 * it is about to expire.
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
    // Another request got the same answer first, and the new token is there already.
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
