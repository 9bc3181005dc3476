import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import type { Check } from "./host.ts";

/** Something that is looked at: a stable id, and a title for people. */
export type Step = readonly [id: string, title: string];

/** Tells what is not looked at, and why. */
export function* skip(steps: readonly Step[], said: string): Generator<Check> {
  for (const [id, title] of steps) yield { id, title, status: "skipped", said, milliseconds: 0 };
}

/** Makes one look: what is found, or the failure; `undefined` after one. */
export function openChecker(ctx: Pick<Context, "clock">) {
  return async function* look<T>(
    id: string,
    title: string,
    act: () => Promise<T>,
    tell: (found: T) => string,
  ): AsyncGenerator<Check, T | undefined> {
    const start = ctx.clock.now().getTime();
    const milliseconds = () => ctx.clock.now().getTime() - start;
    try {
      const found = await act();
      yield { id, title, status: "ok", said: tell(found), milliseconds: milliseconds() };
      return found;
    } catch (thrown) {
      if (!(thrown instanceof UserError) || thrown.code === "interrupted") throw thrown;
      yield { id, title, status: "failed", error: thrown, milliseconds: milliseconds() };
      return undefined;
    }
  };
}
