import { shellWord, singleQuoted } from "../../../core/text/shell_word.ts";

/** Quotes a value, in any case, for the POSIX shell that runs a step. */
export function shellQuote(value: string): string {
  return asWritten(singleQuoted(value));
}

/** Quotes a value only if the shell would interpret a part of it; letters of any language are safe. */
export function shellQuoteIfNeeded(value: string): string {
  return asWritten(shellWord(value));
}

/**
 * Keeps quoted text from Azure ML, which evaluates `${{...}}` anywhere in a command and takes `$[[...]]` for a part
 * that may be left out: the quotes are closed and opened again within them, which only the shell undoes.
 */
function asWritten(quoted: string): string {
  return quoted.replaceAll(/\$(?=\{\{|\[\[)/g, () => "$''");
}
