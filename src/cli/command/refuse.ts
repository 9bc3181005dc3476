import { ExitCode, UserError } from "../../core/errors.ts";

/** How an option is typed, by its name in code. */
export function flagOf(option: string): string {
  if (option === "env") return "-e";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Rejects the first of these options that was given. */
export function refuse(
  typed: object,
  options: readonly string[],
  { code = "usage.package", sentence, hint }: {
    readonly code?: string;
    readonly sentence: (flag: string) => string;
    readonly hint: string;
  },
): void {
  const values = typed as Readonly<Record<string, unknown>>;
  const conflict = options.find((option) => values[option] !== undefined);
  if (conflict === undefined) return;
  throw new UserError(sentence(flagOf(conflict)), { code, exit: ExitCode.Usage, hint });
}

/** The port to listen on; absent for a free one. @throws {UserError} with this code if it is no port. */
export function portRequest(typed: string | undefined, code: string): number | undefined {
  if (typed === undefined) return undefined;
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65_535) return Number(typed);
  throw new UserError(`Invalid port "${typed}": use a number from 0 to 65535`, {
    code,
    exit: ExitCode.Usage,
    hint: "Choose another port with `--port`, or remove it for a free one",
  });
}
