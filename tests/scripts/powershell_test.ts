import { deepStrictEqual, notDeepStrictEqual } from "node:assert/strict";
import { Language, type Node, Parser } from "web-tree-sitter";
// What a file of a package is found by: only a package that is imported has a folder.
import "tree-sitter-powershell/package.json" with { type: "json" };
import { SCRIPTS } from "../../src/cli/completion/scripts.ts";

const GRAMMAR = "tree-sitter-powershell/tree-sitter-powershell.wasm";

/** The lines that PowerShell's grammar cannot read, each with its number. */
async function unreadable(script: string): Promise<readonly string[]> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(await Deno.readFile(new URL(import.meta.resolve(GRAMMAR)))));
  const tree = parser.parse(script)!;
  const lines = script.split("\n");
  const found: string[] = [];
  const look = (node: Node) => {
    const { row } = node.startPosition;
    if (node.isError || node.isMissing) found.push(`${row + 1}: ${lines[row]}`);
    else if (node.hasError) node.children.forEach((child) => child && look(child));
  };
  look(tree.rootNode);
  tree.delete();
  parser.delete();
  return found;
}

Deno.test("PowerShell can read install.ps1", async () => {
  deepStrictEqual(await unreadable(await Deno.readTextFile("install.ps1")), []);
});

Deno.test("PowerShell can read the script that completes commands", async () => {
  deepStrictEqual(await unreadable(SCRIPTS.powershell), []);
});

Deno.test("PowerShell's grammar sees a brace that is not closed, and a stray bracket", async () => {
  const script = await Deno.readTextFile("install.ps1");
  notDeepStrictEqual(await unreadable(script.replace("finally {", "finally ")), []);
  notDeepStrictEqual(await unreadable(script.replace("param(", "param((")), []);
});
