import { deepEqual } from "node:assert/strict";
import { ERROR_CODES } from "../../scripts/docs/error_codes.ts";
import { visit } from "../../src/cli/parse/command.ts";
import { createProgram } from "../../src/cli/program.ts";
import { fakeContext } from "../fakes/context.ts";

/** The text of all tests, except for this file and what other programs wrote. */
function textOfTests(folder = "tests"): string {
  return [...Deno.readDirSync(folder)].map(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return ["golden", "recorded"].includes(name) ? "" : textOfTests(path);
    return /\.(?:ts|snap)$/.test(name) && name !== "untested_test.ts" ? Deno.readTextFileSync(path) : "";
  }).join("\n");
}

function* options(): Iterable<string> {
  const flags = new Set<string>();
  visit(createProgram(fakeContext(), () => Promise.resolve()), (command) => {
    for (const { long } of command.options) if (long) flags.add(long);
  });
  yield* flags;
}

Deno.test("every error code and option is mentioned in a test", () => {
  const text = textOfTests();
  const isMet = (word: string) =>
    new RegExp(`(?<![\\w-])${word.replaceAll(".", "\\.")}(?![\\w.-])`).test(text);
  const untested = [...Object.keys(ERROR_CODES), ...options()].filter((word) => !isMet(word));
  deepEqual(untested, []);
});
