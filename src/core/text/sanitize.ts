/** Control characters other than tab and line feed, and characters that change the text direction or break a line. */
// deno-lint-ignore no-control-regex -- these are what must not pass
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** A color sequence that does not hide text, or a reset. */
// deno-lint-ignore no-control-regex -- ESC begins it
const COLOR = /\x1b\[(?:(?:[0-5]|2[2-4]|3[0-79]|9[0-7])(?:;(?:[0-5]|2[2-4]|3[0-79]|9[0-7]))*)?m/g;
const COLOR_KEPT = new RegExp(`(${COLOR.source})`, "g");

/** Makes untrusted text safe to print: no control characters, and nothing that a CI service interprets as a command. */
export function harmless(value: string): string {
  return noCommands(value.replace(CONTROL, "\ufffd"));
}

/**
 * Disables everything that a CI service interprets as a command: `##vso[`, `##[` and the like anywhere in a line, and
 * `::` at the start of a line. Colors are kept.
 */
export function noCommands(text: string): string {
  return text.replace(/##(?=[\w-]*\[)/g, "# #").replace(/^([^\S\n\r\u2028\u2029]*:):/gm, "$1 :");
}

/** A file name that is safe to print within a line: line breaks in it could start a command of a CI service. */
export function shownName(name: string): string {
  return harmless(name.replace(/[\t\n]/g, "\ufffd"));
}

/**
 * Prepares text for output: like {@linkcode harmless}, with uniform line ends, and with colors if `color` is set.
 * Colors are dropped if they split a command of a CI service.
 */
export function shownText(text: string, { color }: { readonly color: boolean }): string {
  const lines = text.replace(/\r\n?/g, "\n");
  const plain = lines.replace(COLOR, "");
  if (!color || plain !== noCommands(plain)) return harmless(plain);
  return lines.split(COLOR_KEPT).map((piece, i) => i % 2 === 1 ? piece : piece.replace(CONTROL, "\ufffd"))
    .join("");
}

/** Prepares JSON for output: escapes what {@linkcode shownText} would change, so that the values stay the same. */
export function shownJson(json: string): string {
  return json
    .replace(CONTROL, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/##(?=[\w-]*\[)/g, "#\\u0023");
}

/** Escapes text for XML and HTML, where it may also be in an attribute. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
