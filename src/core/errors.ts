/** What the process returns; stable, and what each means is in {@linkcode EXIT_CODE_DOCS}. */
export const ExitCode = {
  Ok: 0,
  JobFailed: 1,
  Usage: 2,
  Config: 3,
  Auth: 4,
  Rejected: 5,
  Unavailable: 6,
  JobCanceled: 7,
  TimedOut: 8,
  Changed: 9,
  Bug: 70,
  Interrupted: 130,
  Terminated: 143,
} as const;

/** One of {@linkcode ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each exit code tells, for the README and `help exit-codes`. */
export const EXIT_CODE_DOCS: Readonly<Record<keyof typeof ExitCode, string>> = {
  Ok: "Success.",
  JobFailed: "The job that was followed failed.",
  Usage: "The command line is wrong.",
  Config: "The project or its configuration is invalid.",
  Auth: "No credential works, or Azure denied access (401, 403).",
  Rejected: "Azure rejected the request (404, 409, quota).",
  Unavailable: "Azure is unreachable or busy; try again.",
  JobCanceled: "The job that was followed was canceled.",
  TimedOut: "The `--timeout` was reached; the job continues.",
  Changed: "`diff --exit-code` found changes.",
  Bug: "Internal error.",
  Interrupted: "Ctrl+C.",
  Terminated: "SIGTERM.",
};

/** Where in a file something is; lines and columns count from 1. */
export interface Place {
  /** Path as the user knows it, relative to the project where it can be. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The dotted key that is meant, such as `jobs.main.compute`; it need not be written there. */
  readonly key?: string;
}

/** What a {@linkcode UserError} knows beside its message. */
export interface UserErrorOptions {
  /** Stable, for scripts: `area.what_is_the_case`. */
  readonly code: string;
  readonly exit: ExitCode;
  /** One imperative sentence with the exact command, flag or key. */
  readonly hint?: string;
  readonly place?: Place;
  /** Lines that belong to the message: one for each problem, reason or choice. */
  readonly details?: readonly string[];
  /** What scripts may read besides; part of the `--json` error. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that a user can act on; everything else that is thrown is a defect of this program. */
export class UserError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly details: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, options: UserErrorOptions) {
    super(message, { cause: options.cause });
    this.name = "UserError";
    this.code = options.code;
    this.exit = options.exit;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? [];
    this.data = options.data ?? {};
  }
}

/** Why an error happened, without the "Cannot <action>: " before it: for lines that name the action themselves. */
export function reasonOf({ message }: Pick<UserError, "message">): string {
  return message.replace(/^Cannot .*?: /, "");
}

/** The same failure with the place of its cause, where it has none yet. */
export function withPlace(error: UserError, place: Place | undefined): UserError {
  if (error.place !== undefined || place === undefined) return error;
  const { message, code, exit, hint, details, data, cause } = error;
  return new UserError(message, { code, exit, place, details, data, cause, ...(hint && { hint }) });
}

/** The same failure with something more for scripts to read. */
export function withData(error: UserError, more: UserError["data"]): UserError {
  const { message, code, exit, hint, place, details, data, cause } = error;
  return new UserError(message, {
    ...{ code, exit, details, data: { ...data, ...more }, cause },
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
  });
}

/** Calls `work`, and adds a place to its failure. */
export function placing<T>(place: () => Place | undefined, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof UserError ? withPlace(thrown, place()) : thrown;
  }
}

/** Something that does not stop the work but that the user should know. */
export interface Warning {
  /** Stable, for scripts: `area.what_is_the_case`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
}

/** Writes a place as `file:line:column`, without its key. */
export function placeText(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}
