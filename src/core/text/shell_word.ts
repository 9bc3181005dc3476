/**
 * A text as one word of a POSIX shell: as it is where no shell reads anything into it, else in single quotes. For commands
 * that are printed to be copied, and for those that steps run. Letters of any language need no quotes.
 */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_.,:@%+=/-]+$/u.test(text) ? text : singleQuoted(text);
}

/** A text in single quotes of a POSIX shell, always. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
