import { ExitCode, exitCodeForError } from "./exit_codes.ts";

export { ExitCode };

/** A place in a file; lines and columns start at 1. */
export interface Place {
  /** Path as the user knows it, relative to the project if possible. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Dotted key that the place refers to, such as `jobs.main.compute`; it need not be written there. */
  readonly key?: string;
}

export interface UserErrorOptions {
  /** Stable identifier for scripts, such as `config.no_env`: area, dot, problem. */
  readonly code: string;
  /** Default: by the area of the code, see {@linkcode exitCodeForError}. */
  readonly exit?: ExitCode;
  /** One imperative sentence with the exact command, flag or key to use. */
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  /** Lines that belong to the message: one per problem, reason or choice. */
  readonly details?: readonly string[] | undefined;
  /** Additional data for scripts; part of the `--json` error. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** Values from elsewhere are in messages; longer ones are cut, so that they neither fill the terminal nor take time. */
const [MOST_IN_MESSAGE, MOST_IN_DETAIL] = [2000, 16_000];

/** A failure that the user can act on. Anything else that is thrown is a bug in this program. */
export class UserError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly details: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;

  constructor(message: string, options: UserErrorOptions) {
    super(cutLong(message, MOST_IN_MESSAGE), { cause: options.cause });
    this.name = "UserError";
    this.code = options.code;
    this.exit = options.exit ?? exitCodeForError(options.code);
    this.hint = options.hint && cutLong(options.hint, MOST_IN_MESSAGE);
    this.place = options.place;
    this.details = (options.details ?? []).map((line) => cutLong(line, MOST_IN_DETAIL));
    this.data = options.data ?? {};
  }
}

/** One error for several, of which {@linkcode errorsOf} returns each; equal ones once. */
export function severalErrors(errors: readonly UserError[]): UserError {
  const [first, ...others] = new Map(errors.map((error) => [`${error.message}\n${error.place?.file}`, error]))
    .values();
  return others.length === 0 ? first! : changedError(first!, { cause: new AggregateError(others) });
}

export function errorsOf(error: UserError): readonly UserError[] {
  return error.cause instanceof AggregateError ? [error, ...error.cause.errors as UserError[]] : [error];
}

/**
 * A caught error that the user can act on.
 *
 * @param signal The command's signal, if its work may have ended by that.
 * @throws What was thrown, if it is anything else: a bug, or an interruption.
 */
export function userErrorOf(thrown: unknown, signal?: AbortSignal): UserError {
  if (!(thrown instanceof UserError) || thrown.code === "interrupted" || signal?.aborted) throw thrown;
  return thrown;
}

/** Returns what a parser returns; `undefined` for an error that the user can act on. */
export function tryParse<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (thrown) {
    // Rethrows bugs and interruptions.
    userErrorOf(thrown);
    return undefined;
  }
}

/** The reason of an error, without the leading "Cannot <action>: ", for lines that name the action themselves. */
export function reasonOf({ message }: Pick<UserError, "message">): string {
  return message.replace(/^Cannot .*?: /, "");
}

export function changedError(
  error: UserError,
  { message = error.message, ...changes }: Partial<UserErrorOptions> & { readonly message?: string },
): UserError {
  return new UserError(message, { ...error, cause: error.cause, ...changes });
}

/** Copies an error and adds a place, unless it already has one. */
export function withPlace(error: UserError, place: Place | undefined): UserError {
  return error.place !== undefined || place === undefined ? error : changedError(error, { place });
}

export function withData(error: UserError, more: UserError["data"]): UserError {
  return changedError(error, { data: { ...error.data, ...more } });
}

/** Runs `work` and adds a place to the UserError it throws. */
export function placing<T>(place: () => Place | undefined, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof UserError ? withPlace(thrown, place()) : thrown;
  }
}

/** Something the user should know that does not stop the work. */
export interface Warning {
  /** Stable identifier for scripts, such as `config.deprecated`: area, dot, problem. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
}

/** Formats a place as `file:line:column`, without its key. */
export function placeText(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}

/** How a hint is printed, if there is one. */
export function hintLines(hint: string | undefined): string[] {
  return hint === undefined ? [] : [`hint: ${hint}`];
}

export function inQuotes(names: readonly string[], joint = ", "): string {
  return names.map((name) => `"${name}"`).join(joint);
}

/** Shortens a text from elsewhere for a message: its start and its end remain, with the number of omitted characters. */
export function cutLong(text: string, most: number): string {
  if (text.length <= most) return text;
  const [head, tail] = [Math.ceil(most * 0.75), Math.floor(most * 0.2)];
  const omitted = text.length - head - tail;
  return `${text.slice(0, head)} … ${omitted} more characters … ${text.slice(text.length - tail)}`
    .toWellFormed();
}

export const DENIED = "permission denied";

/** Why the system refused to open a file, for reading or writing; `undefined` for other errors. */
export function openFailure(thrown: unknown): string | undefined {
  if (thrown instanceof Deno.errors.PermissionDenied) return DENIED;
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a folder";
  // What Deno answers below /dev, /proc and /sys.
  return thrown instanceof Deno.errors.NotCapable
    ? "it is a device, or in a folder of the system"
    : undefined;
}

/**
 * Whether an error is Windows' sharing violation (32) or lock violation (33): another program has the file open. Deno
 * has no class for them, and their text is in the user's language; unlike the texts of other systems, it ends with a
 * full stop.
 */
export function isOpenElsewhere(thrown: unknown): boolean {
  return thrown instanceof Error && /[.。] \(os error 3[23]\)/.test(thrown.message);
}

/** What is at a path is not the file that was found there before. */
export class ReplacedFile extends Error {}
