import type { Command } from "commander";
import type { AppContext } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Outputs } from "../text/output.ts";

/** How an option is typed, by its name in code. */
export function flagOf(option: string): string {
  if (option === "env") return "-e";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Rejects the first of these options that was given. */
export function refuse(
  typed: object,
  options: readonly string[],
  { code, sentence, hint }: {
    readonly code: string;
    readonly sentence: (flag: string) => string;
    readonly hint: string;
  },
): void {
  const values = typed as Readonly<Record<string, unknown>>;
  const conflict = options.find((option) => values[option] !== undefined);
  if (conflict === undefined) return;
  throw new UserError(sentence(flagOf(conflict)), { code, exit: ExitCode.Usage, hint });
}

/** The context of a command: that of the application layer plus the terminal, which that layer does not have. */
export interface CommandContext extends AppContext, Pick<Context, "terminal"> {}

/** What a command does. @param typed Its options, those of the program, and its arguments by name. */
export type Action<Typed> = (
  ctx: CommandContext,
  typed: Typed,
  command: Command,
) => Outputs | Promise<Outputs>;

/** A command line, without the program's name, and what it does, in the imperative. */
export type Example = readonly [line: string, does: string];

/** Passed to the functions that declare commands. */
export interface Declaring {
  /** Adds a command below another one. */
  readonly declare: (
    parent: Command,
    name: string,
    description: string,
    examples?: readonly Example[],
  ) => Command;
  /** Makes the function that the parser calls for a command: loads its action, runs it and prints its result. */
  readonly run: <Typed>(
    load: () => Promise<Action<Typed>>,
  ) => (...parsed: unknown[]) => Promise<void>;
}

const EXAMPLES = Symbol("examples");

/** Keeps the examples of a command with it. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  return Object.assign(command, { [EXAMPLES]: examples });
}

/** The examples of a command. */
export function examplesOf(command: Command): readonly Example[] {
  return (command as { readonly [EXAMPLES]?: readonly Example[] })[EXAMPLES] ?? [];
}

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
