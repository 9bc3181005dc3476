import type { Command } from "commander";

/** The words that choose a command, without the program's name; `""` for the program itself. */
export function pathOf(command: Command): string {
  return command.parent === null ? "" : `${pathOf(command.parent)} ${command.name()}`.trimStart();
}

/** Calls `each` with a command and with all below it, in the order of the help text. */
export function visit(command: Command, each: (command: Command) => void): void {
  each(command);
  for (const below of command.commands) visit(below, each);
}

/** The subcommand that a word names, by an alias too. */
export function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}
