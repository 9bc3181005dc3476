/**
 * Reads what each code of an error or warning means, and what to do, for docs/errors.md. It stands where the code is
 * thrown, as a comment such as `// auth.busy: Entra ID kept answering with an error. Try again in a few minutes.`, in
 * Python with `#`.
 *
 * The codes `azure.*` and `network.*` that explain a refusal or a failed connection are in the tables of `src`.
 */

/** The code, then the text, whose further lines are indented. */
const DESCRIPTION =
  /^ *(?:\/\/|#) ((?:[a-z0-9_]+\.[a-z0-9_]+)|bug|interrupted): (.+(?:\n *(?:\/\/|#) {3}.+)*)/gm;

/** The source files of the program below a folder, also those of the embedded Python. */
export function* sourceFiles(folder = new URL("../../src/", import.meta.url)): Iterable<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sourceFiles(new URL(`${name}/`, folder));
    else if (/\.(?:tsx?|py)$/.test(name)) yield new URL(name, folder);
  }
}

/** The codes that the text of a source file describes. */
export function describedCodes(text: string): readonly (readonly [code: string, text: string])[] {
  return [...text.matchAll(DESCRIPTION)].map(([, code, lines]) =>
    [code!, lines!.replaceAll(/\n *(?:\/\/|#) {3}/g, " ")] as const
  );
}

/** All of them, sorted by code. */
export function errorCodes(): readonly (readonly [code: string, text: string])[] {
  return [...sourceFiles()].flatMap((file) => describedCodes(Deno.readTextFileSync(file)))
    .toSorted(([a], [b]) => a < b ? -1 : 1);
}
