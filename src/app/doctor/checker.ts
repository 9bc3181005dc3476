import type { Context } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import type { DoctorCheck } from "./host.ts";

/** A check: its stable id, and its title for display. */
export type CheckName = readonly [id: string, title: string];

/** Yields skipped checks with the reason. */
export function* skipChecks(checks: readonly CheckName[], summary: string): Generator<DoctorCheck> {
  for (const [id, title] of checks) yield { id, title, status: "skipped", summary, milliseconds: 0 };
}

/**
 * Creates a function that runs a check: it yields the check's result, and returns what the check found or `undefined`
 * if it failed. Its parameter `tell` describes what was found in one line.
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
      const result = await act();
      yield { id, title, status: "ok", summary: tell(result), milliseconds: milliseconds() };
      return result;
    } catch (thrown) {
      if (!(thrown instanceof UserError) || thrown.code === "interrupted") throw thrown;
      yield { id, title, status: "failed", error: thrown, milliseconds: milliseconds() };
      return undefined;
    }
  };
}
