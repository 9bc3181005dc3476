import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import type { DoctorCheck } from "./host.ts";

/** A check: its stable id, and its title for people. */
export type CheckName = readonly [id: string, title: string];

/** Yields checks that are skipped, and why. */
export function* skipChecks(checks: readonly CheckName[], said: string): Generator<DoctorCheck> {
  for (const [id, title] of checks) yield { id, title, status: "skipped", said, milliseconds: 0 };
}

/**
 * Runs checks: yields the result of each, and returns what it found, or `undefined` when it failed.
 *
 * `tell` writes what was found in one line.
 */
export function openChecker(ctx: Pick<Context, "clock">) {
  return async function* check<T>(
    id: string,
    title: string,
    act: () => Promise<T>,
    tell: (found: T) => string,
  ): AsyncGenerator<DoctorCheck, T | undefined> {
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
