import { ExitCode, UserError, type UserErrorOptions } from "./errors.ts";

/** The exit status of a command that a signal with this name stopped. */
export function exitOfSignal(signal: unknown): ExitCode {
  return signal === "SIGTERM" ? ExitCode.Terminated : ExitCode.Interrupted;
}

/**
 * The error of a command that a signal stopped.
 *
 * @param signal The signal's name.
 * @param outcomes What happened to its work, such as `job "a" keeps running`.
 */
export function interruption(
  signal: unknown,
  outcomes: readonly string[] = [],
  more: Pick<UserErrorOptions, "hint" | "details" | "data"> = {},
): UserError {
  const name = signal === "SIGTERM" ? "Interrupted by SIGTERM" : "Interrupted (Ctrl+C)";
  // interrupted: Ctrl+C or a signal ended the command. The message says which jobs go on.
  return new UserError([name, ...outcomes].join("; "), {
    ...more,
    code: "interrupted",
    exit: exitOfSignal(signal),
  });
}
