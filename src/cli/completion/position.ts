import type { Command, Option } from "commander";
import { subcommand } from "../command/command_tree.ts";

/** What stands where somebody asks for completions. */
export interface Position {
  /** The command that the words before have chosen. */
  readonly command: Command;
  /** The option whose value is being typed. */
  readonly option: Option | undefined;
  /** How many arguments of the command stand before. */
  readonly argumentsBefore: number;
  /** Values of options that stand before, by attribute, such as `env`; the last of each. */
  readonly given: Readonly<Record<string, string>>;
  /** What of the word may not change, such as `--format=` or the names of a list before the last comma. */
  readonly fixed: string;
  /** What is being typed, after `fixed`. */
  readonly typed: string;
  /** Whether `--` stands before, so that nothing is an option. */
  readonly optionsEnded: boolean;
}

/** Finds out what the word after `before` is for. */
export function positionAt(root: Command, before: readonly string[], word: string): Position {
  let command = root;
  let option: Option | undefined;
  let argumentsBefore = 0;
  let optionsEnded = false;
  const given: Record<string, string> = {};
  for (const each of before) {
    if (option !== undefined) {
      given[option.attributeName()] = each;
      option = undefined;
    } else if (each === "--") optionsEnded = true;
    else if (each.startsWith("-") && !optionsEnded) {
      const found = optionOf(command, each);
      if (found?.value !== undefined) given[found.option.attributeName()] = found.value;
      else if (found?.option.required) option = found.option;
    } else {
      const below = argumentsBefore === 0 ? subcommand(command, each) : undefined;
      if (below === undefined) argumentsBefore++;
      command = below ?? command;
    }
  }
  const here = { command, argumentsBefore, given, optionsEnded };
  if (option !== undefined) return { ...here, option, ...parted(option, "", word) };
  const inside = optionsEnded ? undefined : optionOf(command, word);
  if (inside?.value === undefined) return { ...here, option: undefined, fixed: "", typed: word };
  const fixed = word.slice(0, word.length - inside.value.length);
  return { ...here, option: inside.option, ...parted(inside.option, fixed, inside.value) };
}

/** The options that count in a command: its own, and those of the commands above it. */
export function optionsIn(command: Command): readonly Option[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  return command.parent === null ? own : [...own, ...optionsIn(command.parent)];
}

/** The option that a word starts with, and the value in the same word: `--name=value`, or `-jvalue`. */
function optionOf(command: Command, word: string): { option: Option; value?: string } | undefined {
  const [flag, value] = /^--[^=]+(?==)/.test(word)
    ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]
    : [word, undefined];
  const options = optionsIn(command);
  const option = options.find(({ long, short }) => flag === long || flag === short);
  if (option !== undefined) return { option, ...(value !== undefined && { value }) };
  const attached = options.find(({ short, required }) => required && short && word.startsWith(short));
  return attached && !word.startsWith("--") ? { option: attached, value: word.slice(2) } : undefined;
}

/** Of a list of names with commas between them only the last is being typed. */
function parted(option: Option, fixed: string, value: string): Pick<Position, "fixed" | "typed"> {
  const start = takesList(option) ? value.lastIndexOf(",") + 1 : 0;
  return { fixed: fixed + value.slice(0, start), typed: value.slice(start) };
}

function takesList(option: Option): boolean {
  return option.flags.endsWith("<names>");
}
