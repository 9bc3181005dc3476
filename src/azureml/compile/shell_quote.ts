import { shellWord, singleQuoted } from "../../core/text/shell_word.ts";
import { ExitCode, UserError } from "../../core/errors.ts";

/** Quotes a value, in any case, for the POSIX shell that runs a step. */
export function shellQuote(value: string): string {
  refuseExpression(value);
  return singleQuoted(value);
}

/** Quotes a value only if the shell would interpret a part of it; letters of any language are safe. */
export function shellQuoteIfNeeded(value: string): string {
  refuseExpression(value);
  return shellWord(value);
}

/**
 * Rejects `${{`: Azure ML evaluates `${{...}}` anywhere in a command, and there is no way to escape it.
 *
 * @throws {UserError} `compile.expression_in_value`.
 */
export function refuseExpression(value: string): void {
  if (!value.includes("${{")) return;
  throw new UserError(
    `"${value}" cannot be part of a step's command: Azure ML evaluates "\${{" as an expression`,
    {
      code: "compile.expression_in_value",
      exit: ExitCode.Config,
      hint: "Remove `${{` from the value",
    },
  );
}
