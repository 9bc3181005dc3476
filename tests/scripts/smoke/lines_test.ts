import { deepStrictEqual, ok } from "node:assert/strict";
import type { Command } from "commander";
import { CHECKS } from "../../../scripts/smoke/checks.ts";
import { ELSEWHERE, LINES } from "../../../scripts/smoke/lines.ts";
import { BESIDE_EMULATOR } from "../../../scripts/smoke/run.ts";
import { pathOf, visit } from "../../../src/cli/command/command_tree.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { parsed } from "../../cli/parsed.ts";
import { fakeContext } from "../../fakes/context.ts";

/** The commands that do something by themselves, not only through a command below them. */
function allCommands(): string[] {
  const found: string[] = [];
  visit(createProgram(fakeContext(), () => Promise.resolve()), (command: Command) => {
    const isGroup = command.commands.length > 0 && command.registeredArguments.length === 0 &&
      command.name() !== "emulator";
    if (!isGroup) found.push(pathOf(command));
  });
  return found;
}

Deno.test("the smoke test of the executable runs each command", async () => {
  const run = await Promise.all(LINES.map(({ line }) => parsed(line.split(" "))));
  const covered = new Set([...run, ...Object.keys(ELSEWHERE)]);
  deepStrictEqual(
    allCommands().filter((command) => !covered.has(command)),
    [],
    "add a line for these to scripts/smoke/lines.ts",
  );
});

Deno.test("what the smoke test runs by a check of its own is a command, and has that check", () => {
  const commands = allCommands();
  for (const [command, check] of Object.entries(ELSEWHERE)) {
    ok(commands.includes(command), command);
    ok(check in CHECKS || check in BESIDE_EMULATOR, check);
  }
});
