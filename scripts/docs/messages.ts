/**
 * Lists every message that the transcripts of the tests hold, once each, so that they can be read in one sitting;
 * `deno task docs` writes tests/cli/messages.txt.
 */

const TESTS = new URL("../../tests/", import.meta.url);
const LIST = new URL("cli/messages.txt", TESTS);

/** What starts a line that a person reads, by the title of its section. */
const SECTIONS: readonly (readonly [title: string, start: RegExp])[] = [
  ["Errors", /^error: /],
  ["Warnings", /^warning: /],
  ["Hints", /^\s*hint: /],
  ["Success", /^\s*✓ /],
  ["Failure", /^\s*✗ /],
  ["Notes", /^\s*[·!?] /],
];

/** The list for the texts of snapshot files. */
export function messageList(snapshots: readonly string[]): string {
  const lines = snapshots.flatMap((text) => unescaped(text).split("\n"));
  return SECTIONS.map(([title, start]) => {
    const found = new Set(lines.filter((line) => start.test(line)).map((line) => line.trim()));
    const sorted = [...found].sort((a, b) => a < b ? -1 : 1);
    return [`# ${title} (${sorted.length})`, "", ...sorted, ""].join("\n");
  }).join("\n");
}

/** The texts of all snapshot files. */
export async function snapshotTexts(): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const path of snapshotFiles(TESTS)) texts.push(await Deno.readTextFile(path));
  return texts;
}

/** Snapshot files are JavaScript: template literals with escapes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([`\\$])/g, "$1");
}

async function* snapshotFiles(folder: URL): AsyncIterable<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* snapshotFiles(new URL(`${name}/`, folder));
    else if (name.endsWith(".snap")) yield new URL(name, folder);
  }
}

/** Writes tests/cli/messages.txt. */
export async function writeMessages(): Promise<void> {
  await Deno.writeTextFile(LIST, messageList(await snapshotTexts()));
}
