import type { Clock } from "../../core/context.ts";
import type { Credential, Token } from "../credential.ts";

/** What {@linkcode startInOrder} uses. */
export interface HeadStartOptions {
  readonly clock: Pick<Clock, "sleep">;
  /** Aborted when no answer is waited for any more. */
  readonly signal: AbortSignal;
  readonly start: (credential: Credential) => Promise<Token | undefined>;
}

/**
 * Asks credentials in order, and the next as well while one takes longer than its head start. So an `az` that hangs, a
 * `pwsh` that hangs and a metadata service that swallows packets cost as long as the slowest of them, not their sum.
 * Somebody is asked only once all before have answered.
 *
 * @returns The answer of one; call it for each in turn.
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
    const answer = start(credential);
    // It is looked at when its turn comes, if it comes.
    answer.catch(() => {});
    const { headStartMs } = credential;
    const headStart = headStartMs === undefined
      ? new Promise<never>(() => {})
      : clock.sleep(headStartMs, signal).then(() => "go" as const, () => "stop" as const);
    const one = { answer, headStart };
    begun.set(at, one);
    return one;
  }

  return async (at) => {
    const { answer } = begin(at);
    const settled = answer.then(() => "stop" as const, () => "stop" as const);
    for (let next = at + 1; next < credentials.length && !credentials[next]!.isInteractive; next++) {
      const before = begin(next - 1);
      const isNext = before.answer === answer ? settled : before.answer.then(isToken, () => "stop" as const);
      if (await Promise.race([settled, isNext, before.headStart]) === "stop") break;
      begin(next);
    }
    return await answer;
  };
}

/** A credential that was asked. */
interface Begun {
  readonly answer: Promise<Token | undefined>;
  /** Settles when the head start is over; never where it lasts as long as the answer takes. */
  readonly headStart: Promise<"go" | "stop">;
}

function isToken(token: Token | undefined): "stop" | "go" {
  return token === undefined ? "go" : "stop";
}
