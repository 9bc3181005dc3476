import type { Clock } from "../../core/context.ts";
import type { Credential, Token } from "../credential.ts";

/** Options of {@linkcode startInOrder}. */
export interface HeadStartOptions {
  readonly clock: Pick<Clock, "sleep">;
  /** Aborted when the answers are no longer needed. */
  readonly signal: AbortSignal;
  readonly start: (credential: Credential) => Promise<Token | undefined>;
}

/**
 * Starts credentials in order, and the next one in parallel when one takes longer than its head start. Several that
 * hang (`az`, `pwsh`, a metadata service that drops packets) then take as long as the slowest, not as long as their
 * sum. Interactive credentials are only started after all earlier ones have answered.
 *
 * @returns A function that returns the answer of the credential at an index; call it for each in order.
 */
export function startInOrder(
  credentials: readonly Credential[],
  { clock, signal, start }: HeadStartOptions,
): (at: number) => Promise<Token | undefined> {
  const begun = new Map<number, Begun>();

  function begin(at: number): Begun {
    const before = begun.get(at);
    if (before !== undefined) return before;
    const credential = credentials[at]!;
    const token = start(credential);
    // Handled when its turn comes, if it does.
    token.catch(() => {});
    const { headStartMs } = credential;
    const headStart = headStartMs === undefined
      ? new Promise<never>(() => {})
      : clock.sleep(headStartMs, signal).then(() => "go" as const, () => "stop" as const);
    const started = { token, headStart };
    begun.set(at, started);
    return started;
  }

  return async (at) => {
    const { token } = begin(at);
    const settled = token.then(() => "stop" as const, () => "stop" as const);
    for (let next = at + 1; next < credentials.length && !credentials[next]!.isInteractive; next++) {
      const before = begin(next - 1);
      const isNext = before.token === token ? settled : before.token.then(isToken, () => "stop" as const);
      if (await Promise.race([settled, isNext, before.headStart]) === "stop") break;
      begin(next);
    }
    return await token;
  };
}

/** A credential that was started. */
interface Begun {
  readonly token: Promise<Token | undefined>;
  /** Settles when the head start is over; never if the next credential has to wait for the token. */
  readonly headStart: Promise<"go" | "stop">;
}

function isToken(token: Token | undefined): "stop" | "go" {
  return token === undefined ? "go" : "stop";
}
