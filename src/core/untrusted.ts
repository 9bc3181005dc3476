import { relative, resolve, sep } from "node:path";

/** Device names of Windows, with any extension, and with blanks before it. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\.|$)/i;

/**
 * Whether a name from an untrusted source, such as a step name in Azure's response, can be used as the name of a file
 * or folder. Such a name cannot lead to another folder on any system, and is not a Windows device. All such names are
 * checked here.
 */
export function isPathName(name: string): boolean {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name !== "" && name.length <= 255 && !/^\.{1,2}$|[/\\:\x00-\x1f\x7f]/.test(name) &&
    !DEVICE.test(name);
}

/** Whether a path of several names, separated by slashes, stays inside the folder it is appended to. */
export function isPathBelow(path: string): boolean {
  return path.split("/").every(isPathName);
}

/**
 * The path from a folder to what is below it, with slashes; empty for the folder itself, and `undefined` for what is
 * outside. A folder may be called `..data`. Both paths are absolute.
 */
export function pathBelow(folder: string, path: string): string | undefined {
  const from = relative(folder, path).replaceAll(sep, "/");
  return isOutside(from) ? undefined : from;
}

/** Whether an absolute path is that of a folder, or leads below it. */
export function isBelow(folder: string, path: string): boolean {
  return pathBelow(folder, path) !== undefined;
}

/** Whether a path with slashes leads out of the folder that it starts in; so does an absolute one, of any system. */
export function isOutside(path: string): boolean {
  return path.startsWith("../") || path === ".." || /^([A-Za-z]:|\/)/.test(path);
}

/** A Python interpreter as typed: a name that PATH finds, or a path, which becomes absolute. */
export function pythonProgram(cwd: string, typed: string | undefined): string | undefined {
  return typed !== undefined && /[\\/]/.test(typed) ? resolve(cwd, typed) : typed;
}

/** Makes a name safe as part of a file name: separators and control characters become `_`. */
export function asPathName(name: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name.replace(/[/\\:\x00-\x1f\x7f]/g, "_");
}

/**
 * Why a file cannot have an absolute path on Windows, as the end of a message; `undefined` if it can. Windows itself
 * often accepts such a path, but writes somewhere else: to a device, to a name without its last characters, or to a
 * hidden stream of another file.
 */
export function windowsNameProblem(path: string): string | undefined {
  for (const name of windowsNames(path)) {
    // deno-lint-ignore no-control-regex -- these are what must not pass
    const [character] = /[<>:"|?*\x00-\x1f]/.exec(name) ?? [];
    if (character !== undefined) return `Windows does not allow ${JSON.stringify(character)} in names`;
    if (DEVICE.test(name)) return `"${name}" is the name of a device on Windows`;
    if (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name)) {
      return `Windows removes the ${name.endsWith(".") ? "dot" : "space"} at the end of "${name}"`;
    }
  }
  return undefined;
}

/** Whether Windows finds a device by this path, which has no properties and may block when read. */
export function isWindowsDevice(path: string): boolean {
  return windowsNames(path).some((name) => DEVICE.test(name));
}

function windowsNames(path: string): readonly string[] {
  return path.replace(/^[\\/]{2}[?.][\\/]/, "").replace(/^[A-Za-z]:/, "").split(/[\\/]/);
}

/**
 * Whether a path of Windows is on a computer that is named nowhere in these texts. Looking there signs the user in to
 * it, with a hash of the password.
 */
export function isForeignShare(path: string, known: readonly string[]): boolean {
  const host = /^[\\/]{2}(?:[?.][\\/]unc[\\/])?([^\\/?.][^\\/]*)/i.exec(path)?.[1]?.toLowerCase();
  const texts = known.map((text) => text.toLowerCase().replaceAll("/", "\\").replaceAll("\\\\?\\unc", "\\"));
  return host !== undefined && !texts.some((text) => text.includes(`\\\\${host}\\`));
}

/** Whether a path is the null device of Windows, which discards everything that is written to it. */
export function isWindowsNull(path: string): boolean {
  return /(?:^|[\\/])nul$/i.test(path);
}

/** The name of a file that holds data, images or programs, and no code or configuration as text. */
export const DATA_NAME =
  /\.(?:png|jpe?g|gif|ico|webp|svg|pdf|zip|gz|tgz|bz2|xz|7z|whl|parquet|feather|avro|orc|h5|hdf5|npy|npz|pkl|pickle|joblib|pt|pth|onnx|bin|so|dll|exe|xlsx?|woff2?|ttf|mp[34]|wav)$/i;

/** Decodes percent-encoding; text with a stray `%` is returned unchanged. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Control characters, those that turn text around and those that nobody sees, but for what joins letters and emoji. */
const CONTROL = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

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
    .replace(CONTROL, (found) => found.replace(/[^]/g, unicodeEscape))
    .replace(/##(?=[\w-]*\[)/g, "#\\u0023");
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Escapes text from others for what it is written into. */
export const escaped = {
  /** XML and HTML, also in an attribute. */
  xml: (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  /** JSON in a script element of HTML. */
  jsonInHtml: (json: string) => json.replace(/[<>&\u2028\u2029]/g, unicodeEscape),
  cell: (text: string) =>
    text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]()#|~!]/g, "\\$&").replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;").replaceAll("@", "&#64;"),
  /** A block of text in Markdown, whose fence is longer than any in the text. */
  fence(text: string): string {
    const longest = Math.max(3, ...[...text.matchAll(/~+/g)].map(([run]) => run.length + 1));
    const fence = "~".repeat(longest);
    return `${fence}text\n${text.trimEnd()}\n${fence}`;
  },
  /** A text of Mermaid in quotes, in which neither Mermaid nor the page that displays it interprets anything. */
  mermaid(text: string): string {
    const plain = text.replace(/\s+/g, " ").replaceAll("&", "#amp;").replaceAll('"', "#quot;");
    return `"${plain.replaceAll("<", "#lt;").replaceAll("`", "#96;")}"`;
  },
  github: (text: string): string =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"),
  githubProperty: (text: string): string =>
    escaped.github(text).replaceAll(":", "%3A").replaceAll(",", "%2C"),
  pipelines: (text: string): string =>
    text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"),
  pipelinesProperty: (text: string): string =>
    escaped.pipelines(text).replaceAll("]", "%5D").replaceAll(";", "%3B"),
} as const;

/** Whether shells take text as one word without quotes; letters of any language need none. */
export function isPlainWord(text: string): boolean {
  return /^[\p{L}\p{N}_.,:@%+=/-]+$/u.test(text);
}

/**
 * Quotes text as one word, only if needed, for a command that is printed to be copied: into a POSIX shell, fish or
 * PowerShell. PowerShell ends single quotes at `’`, too, and takes each pair of quotes for a word; fish takes `\'` for a
 * quote, and `\\` for one backslash. If no pair can hold the whole text, PowerShell gets several words. A name that looks
 * like an option, such as `--python=./x`, comes after `--`, so that it is none.
 */
export function shellWord(text: string): string {
  return /^-./.test(text) ? `-- ${quoted(text)}` : quoted(text);
}

function quoted(text: string): string {
  if (isPlainWord(text) && !/^[@=,]/.test(text)) return text;
  if (!/['‘’‚‛]|\\$/.test(text)) return `'${text}'`;
  if (!/[$`"“”„!]|\\(?:[\\\n]|$)/.test(text)) return `"${text}"`;
  return `'${text.replace(/[\\'‘’‚‛]/g, (end) => `'"${end === "\\" ? "\\\\" : end}"'`)}'`;
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
