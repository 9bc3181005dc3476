import { deepStrictEqual, notDeepStrictEqual } from "node:assert/strict";
import { Language, type Node, Parser } from "web-tree-sitter";
// Path of the grammar in its package, which is in the import map.
import "tree-sitter-powershell/package.json" with { type: "json" };
import { SCRIPTS } from "../../src/cli/commands/completion.ts";

const GRAMMAR = "tree-sitter-powershell/tree-sitter-powershell.wasm";

/** Returns the lines that do not match PowerShell's grammar, with their numbers. */
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

Deno.test("PowerShell grammar accepts install.ps1", async () => {
  deepStrictEqual(await unreadable(await Deno.readTextFile("install.ps1")), []);
});

Deno.test("PowerShell grammar accepts the completion script", async () => {
  deepStrictEqual(await unreadable(SCRIPTS.powershell), []);
});

Deno.test("PowerShell grammar detects an unclosed brace and a stray parenthesis", async () => {
  const script = await Deno.readTextFile("install.ps1");
  notDeepStrictEqual(await unreadable(script.replace("finally {", "finally ")), []);
  notDeepStrictEqual(await unreadable(script.replace("param(", "param((")), []);
});
