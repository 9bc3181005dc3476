/**
 * Quotes text as one word for a POSIX shell, only if needed. For commands that are printed to be copied and for those
 * that steps run. Letters of any language need no quotes.
 */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_.,:@%+=/-]+$/u.test(text) ? text : singleQuoted(text);
}

/** Puts text in single quotes for a POSIX shell, even if not needed. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Removes the single quotes, and the backslashes before such quotes, from a word of a POSIX shell. */
export function unquoted(word: string): string {
  return word.replace(/'([^']*)'|\\(')/g, (_, inside, quote) => inside ?? quote);
}

/** JSON in single quotes of the shell. */
const PARAMS = / --params=((?:'[^']*'|\\')+)/;

/** The `--params` option in the command of a step, as it is written there and its JSON; `undefined` if it has none. */
export function paramsOption(
  command: string,
): { readonly option: string; readonly json: string } | undefined {
  const [option, quoted] = PARAMS.exec(command) ?? [];
  return quoted === undefined ? undefined : { option: option!, json: unquoted(quoted) };
}
