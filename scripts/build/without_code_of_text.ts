/** Whatever makes code of text, or loads it from somewhere, as the text of a bundle has it. */
const MAKES_CODE =
  /(?<![\w$.])(?:eval|import|require|importScripts|(?:new )?Function|new Worker|new SharedWorker)(?=\()/g;

/** How often Pyodide's code has each: another version may have found another way, which somebody should look at. */
const EXPECTED: Readonly<Record<string, number>> = {
  "eval": 6,
  "import": 18,
  "require": 7,
  "importScripts": 0,
  "new Worker": 1,
};

/**
 * The code of the reader's process with nothing in it that could make code of text or load any: whoever could call such
 * a function would have a way past all that is refused elsewhere.
 *
 * @throws {Error} where the code has other ways to do so than expected.
 */
export function withoutCodeOfText(text: string): string {
  const found: Record<string, number> = Object.fromEntries(Object.keys(EXPECTED).map((name) => [name, 0]));
  const changed = text.replaceAll(MAKES_CODE, (name) => {
    found[name] = (found[name] ?? 0) + 1;
    return name.startsWith("new ") ? "new refuseCode" : "refuseCode";
  });
  if (JSON.stringify(found) !== JSON.stringify(EXPECTED)) {
    throw new Error(`This Pyodide makes code in other ways: ${JSON.stringify(found)}`);
  }
  return `function refuseCode(){throw new Error("Code is not made here")}${changed}`;
}
