import { deepEqual } from "node:assert/strict";
import { pathOf, visit } from "../../../src/cli/parse/command.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";
import { wholeProgram } from "../parsed.ts";

for (const line of ["--help", "submit --help"]) {
  Deno.test(`${line} prints this help`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(), [line]), import.meta.url);
  });
}

Deno.test("every command, argument and option has a description", async () => {
  const found: string[] = [];
  visit(await wholeProgram(), (command) => {
    const help = command.createHelp();
    if (command.name() === "complete") return;
    const described = [
      ["", command.description().split("\n")[0]],
      ...help.visibleOptions(command).map((option) => [option.flags, help.optionDescription(option)]),
      ...help.visibleArguments(command).map((
        argument,
      ) => [argument.name(), help.argumentDescription(argument)]),
    ];
    for (const [name, text] of described) {
      if (!text || name!.startsWith("-") && text.endsWith(".")) {
        found.push(`${pathOf(command)} ${name}: ${text}`);
      }
    }
  });
  deepEqual(found, []);
});
