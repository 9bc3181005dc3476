/** Control characters other than tab and line feed, and those that turn the direction of text or end a line unseen. */
// deno-lint-ignore no-control-regex -- these are what must not pass
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** A colour, or an end of all colours; none that hides text. */
// deno-lint-ignore no-control-regex -- ESC begins it
const COLOR = /\x1b\[(?:(?:[0-5]|2[2-4]|3[0-79]|9[0-7])(?:;(?:[0-5]|2[2-4]|3[0-79]|9[0-7]))*)?m/g;
const COLOR_KEPT = new RegExp(`(${COLOR.source})`, "g");

/** Makes text from outside fit to be shown: no control characters, and nothing that a CI service takes for a command. */
export function harmless(value: string): string {
  return noCommands(value.replace(CONTROL, "\ufffd"));
}

/**
 * Text with nothing that a CI service takes for a command: `##vso[`, `##[` and their like, which are looked for anywhere
 * in a line, and `::` where a line begins with it. Colours pass.
 */
export function noCommands(text: string): string {
  return text.replace(/##(?=[\w-]*\[)/g, "# #").replace(/^([^\S\n]*:):/gm, "$1 :");
}

/** The name of a file as a part of one line: names may hold line breaks, after which a CI service looks for commands. */
export function shownName(name: string): string {
  return harmless(name.replace(/[\t\n]/g, "\ufffd"));
}

/**
 * Text as it leaves the program: as {@linkcode harmless}, with line ends of any kind as one, and with colours where they
 * are shown. A colour within a command does not hide it.
 */
export function shownText(text: string, { color }: { readonly color: boolean }): string {
  const lines = text.replace(/\r\n?/g, "\n");
  const plain = lines.replace(COLOR, "");
  if (!color || plain !== noCommands(plain)) return harmless(plain);
  return lines.split(COLOR_KEPT).map((piece, i) => i % 2 === 1 ? piece : piece.replace(CONTROL, "\ufffd"))
    .join("");
}

/** JSON as it leaves the program: still JSON, and the same values, with what {@linkcode shownText} changes escaped. */
export function shownJson(json: string): string {
  return json
    .replace(CONTROL, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/##(?=[\w-]*\[)/g, "#\\u0023");
}
