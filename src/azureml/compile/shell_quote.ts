import { ExitCode, UserError } from "../../core/errors.ts";

/** Quotes a value for the POSIX shell that runs a step, always. */
export function shellQuote(value: string): string {
  refuseExpression(value);
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Quotes a value where the shell would read something into it; letters of any language need none. */
export function shellQuoteIfNeeded(value: string): string {
  refuseExpression(value);
  return /^[\p{L}\p{N}_.,:@%+=/-]+$/u.test(value) ? value : shellQuote(value);
}

/**
 * Azure ML fills in `${{...}}` wherever it stands in a command; there is no way to write it literally.
 *
 * @throws {UserError} `compile.expression_in_value`.
 */
export function refuseExpression(value: string): void {
  if (!value.includes("${{")) return;
  throw new UserError(
    `Cannot put "${value}" into a step's command: Azure ML would read "\${{" as an expression`,
    {
      code: "compile.expression_in_value",
      exit: ExitCode.Config,
      hint: "Take `${{` out of the value",
    },
  );
}
