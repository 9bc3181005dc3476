import { deepStrictEqual } from "node:assert/strict";
import type { Command } from "commander";
import { CHECKS } from "../../../scripts/smoke/checks.ts";
import { LINES } from "../../../scripts/smoke/lines.ts";
import { pathOf, visit } from "../../../src/cli/parse/command.ts";
import { commandOf, wholeProgram } from "../../cli/parsed.ts";

/** Returns the commands that run without a subcommand. */
async function allCommands(): Promise<string[]> {
  const found: string[] = [];
  visit(await wholeProgram(), (command: Command) => {
    const isGroup = command.commands.length > 0 && command.registeredArguments.length === 0 &&
      command.name() !== "emulator";
    if (!isGroup) found.push(pathOf(command));
  });
  return found;
}

Deno.test("smoke test runs every command", async () => {
  const run = await Promise.all(LINES.map(({ line }) => commandOf(line.split(" "))));
  // All lines run beside `emulator`.
  const covered = new Set([...run, ...Object.keys(CHECKS).flatMap((name) => name.split(", ")), "emulator"]);
  deepStrictEqual(
    (await allCommands()).filter((command) => !covered.has(command)),
    [],
    "add a line for these to scripts/smoke/lines.ts",
  );
});
