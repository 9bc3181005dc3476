import type { Command } from "commander";

/** The words that select a command, such as `job list`; `""` for the program itself. */
export function pathOf(command: Command): string {
  return command.parent === null ? "" : `${pathOf(command.parent)} ${command.name()}`.trimStart();
}

/** Visits a command and all commands below it, in the order of the help. */
export function visit(command: Command, each: (command: Command) => void): void {
  each(command);
  for (const below of command.commands) visit(below, each);
}

/** Finds the subcommand with this name or alias. */
export function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** The program, which a command belongs to. */
export function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}
