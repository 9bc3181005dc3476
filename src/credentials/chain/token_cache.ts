import type { Clock } from "../../core/context.ts";
import type { Token } from "../credential.ts";

/** A token is renewed when it has less than this left. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Keeps one token for each audience in memory, and renews it before it ends; calls at the same time share one
 * request. A failure is not kept.
 */
export function cacheTokens(
  getToken: (scope: string) => Promise<Token>,
  clock: Pick<Clock, "now">,
): (scope: string) => Promise<Token> {
  const tokens = new Map<string, Token>();
  const pending = new Map<string, Promise<Token>>();

  async function renew(scope: string): Promise<Token> {
    try {
      const token = await getToken(scope);
      tokens.set(scope, token);
      return token;
    } finally {
      pending.delete(scope);
    }
  }

  return async (scope) => {
    const kept = tokens.get(scope);
    if (kept !== undefined && kept.expiresAt.getTime() - clock.now().getTime() > RENEW_BEFORE_MS) return kept;
    const renewal = pending.get(scope) ?? renew(scope);
    if (!pending.has(scope)) pending.set(scope, renewal);
    return await renewal;
  };
}
