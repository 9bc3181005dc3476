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
  { code, sentence, hint }: {
    readonly code: string;
    readonly sentence: (flag: string) => string;
    readonly hint: string;
  },
): void {
  const values = typed as Readonly<Record<string, unknown>>;
  const conflict = options.find((option) => values[option] !== undefined);
  if (conflict === undefined) return;
  throw new UserError(sentence(flagOf(conflict)), { code, exit: ExitCode.Usage, hint });
}
