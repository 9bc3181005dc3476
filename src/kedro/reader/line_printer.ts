import { harmless } from "../../core/text/sanitize.ts";

/** Maximum number of characters to print, in total and per line: enough to find a mistake. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_LINE_CHARACTERS = 4096;

/** A traceback line from Python, Kedro or this program rather than the project. */
const NOT_OWN = /^\s+File "(<frozen |\/lib\/|\/site\.zip\/)/;

/**
 * Prints the project's output line by line, each prefixed with `project:`; an empty text flushes the last line.
 *
 * Output beyond the limit is dropped, and so are traceback lines of the interpreter.
 */
export function linePrinter(onPrint: (text: string) => void): (text: string) => void {
  let rest = "";
  let left = MOST_CHARACTERS;
  const pass = (line: string) => {
    if (left <= 0 || NOT_OWN.test(line)) return;
    const isLong = line.length > MOST_LINE_CHARACTERS;
    const shown = isLong ? `${line.slice(0, MOST_LINE_CHARACTERS)}… (${line.length} characters)` : line;
    left -= shown.length + 1;
    onPrint(`${harmless(`project: ${shown.replace(/\r$/, "")}`)}\n`);
    if (left <= 0) onPrint("project: … (what it prints after this is left out)\n");
  };
  return (text) => {
    if (left <= 0) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    if ((text === "" && rest !== "") || rest.length > MOST_CHARACTERS) {
      lines.push(rest);
      rest = "";
    }
    lines.forEach(pass);
  };
}
