import type { Context } from "../../core/context.ts";
import { type UserError, userErrorOf } from "../../core/errors.ts";

/** The result of one check of `doctor`. */
export interface DoctorCheck {
  /** Stable id for scripts: `target.step`, such as `entra.tls`. */
  readonly id: string;
  /** Title for display, such as "Entra ID: TLS". */
  readonly title: string;
  /** `skipped` if an earlier check that it depends on failed. */
  readonly status: "ok" | "warned" | "failed" | "skipped";
  /** What was found, or why the check was skipped; one line. */
  readonly summary?: string;
  readonly error?: UserError;
  readonly milliseconds: number;
}

/** A check: its stable id, and its title for display. */
export type CheckName = readonly [id: string, title: string];

/** Yields checks as skipped; omit `summary` if the reason is that of the check before. */
export function* skipChecks(checks: readonly CheckName[], summary?: string): Generator<DoctorCheck> {
  for (const [id, title] of checks) {
    yield { id, title, status: "skipped", ...(summary !== undefined && { summary }), milliseconds: 0 };
  }
}

/** What a failed check returns. */
export const FAILED = Symbol("failed");

/**
 * Creates a function that runs a check: it yields the check's result, and returns what the check found. Its parameter
 * `describe` describes that in one line; a check without a description is only yielded if it fails.
 *
 * @param asError Returns the error of a failed check, or throws (default: rethrows everything except a UserError).
 */
export function openChecker(ctx: Pick<Context, "clock">, asError = userErrorOf) {
  return async function* check<T>(
    id: string,
    title: string,
    act: () => Promise<T> | T,
    describe: (result: T) => string | undefined,
  ): AsyncGenerator<DoctorCheck, T | typeof FAILED> {
    const start = ctx.clock.now().getTime();
    const milliseconds = () => ctx.clock.now().getTime() - start;
    try {
      const result = await act();
      const summary = describe(result);
      if (summary !== undefined) yield { id, title, status: "ok", summary, milliseconds: milliseconds() };
      return result;
    } catch (thrown) {
      yield { id, title, status: "failed", error: asError(thrown), milliseconds: milliseconds() };
      return FAILED;
    }
  };
}
