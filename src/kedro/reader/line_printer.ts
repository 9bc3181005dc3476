import { harmless } from "../../core/text/sanitize.ts";

/** What of a project's prints is passed on; enough to find a mistake, too little to fill a disk. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_LINE_CHARACTERS = 4096;

/** A line of the interpreter's own traceback that tells of Kedro and of this program instead of the project. */
const NOT_OWN = /^\s+File "(<frozen |\/lib\/|\/site\.zip\/)/;

/**
 * Passes on what the project prints by whole lines, each marked as the project's; empty text ends the last one.
 *
 * Prints that go on and on are left out, and so are the interpreter's words about what is not the project's.
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
