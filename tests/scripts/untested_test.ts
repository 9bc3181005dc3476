import { deepEqual } from "node:assert/strict";
import { ERROR_CODES } from "../../scripts/docs/error_codes.ts";
import { visit } from "../../src/cli/parse/command.ts";
import { wholeProgram } from "../cli/parsed.ts";

/** The text of all tests, except for this file and what other programs wrote. */
function textOfTests(folder = "tests"): string {
  return [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return ["golden", "recorded"].includes(name) ? "" : textOfTests(path);
    return /\.(?:ts|snap)$/.test(name) && name !== "untested_test.ts" ? Deno.readTextFileSync(path) : "";
  }).join("\n");
}

async function options(): Promise<readonly string[]> {
  const flags = new Set<string>();
  visit(await wholeProgram(), (command) => {
    for (const { long } of command.options) if (long) flags.add(long);
  });
  return [...flags];
}

Deno.test("every error code and option is mentioned in a test", async () => {
  const text = textOfTests();
  const isMet = (word: string) =>
    new RegExp(`(?<![\\w-])${word.replaceAll(".", "\\.")}(?![\\w.-])`).test(text);
  const untested = [...Object.keys(ERROR_CODES), ...await options()].filter((word) => !isMet(word));
  deepEqual(untested, []);
});
