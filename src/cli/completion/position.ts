import type { Command, Option } from "commander";
import { subcommand } from "../command/declare.ts";

/** The position in a command line that is completed. */
export interface Position {
  /** The command that the preceding words select. */
  readonly command: Command;
  /** The option whose value is being typed. */
  readonly option: Option | undefined;
  /** Arguments of the command that are already typed. */
  readonly argumentsBefore: readonly string[];
  /** Values of preceding options by attribute name, such as `env`; the last value of each. */
  readonly given: Readonly<Record<string, string>>;
  /** The part of the word that is kept, such as `--format=` or the names before the last comma of a list. */
  readonly fixed: string;
  /** The rest of the word, which is completed. */
  readonly typed: string;
  /** Whether `--` was typed before, after which nothing is an option. */
  readonly optionsEnded: boolean;
}

/** Finds what is being completed at `word`, which follows the words `before`. */
export function positionAt(root: Command, before: readonly string[], word: string): Position {
  let command = root;
  let option: Option | undefined;
  const argumentsBefore: string[] = [];
  let optionsEnded = false;
  const values: Record<string, string> = {};
  for (const each of before) {
    if (option !== undefined) {
      values[option.attributeName()] = each;
      option = undefined;
    } else if (each === "--") optionsEnded = true;
    else if (each.startsWith("-") && !optionsEnded) {
      const typed = optionOf(command, each);
      if (typed?.value !== undefined) values[typed.option.attributeName()] = typed.value;
      else if (typed?.option.required) option = typed.option;
    } else {
      const below = argumentsBefore.length === 0 ? subcommand(command, each) : undefined;
      if (below === undefined) argumentsBefore.push(each);
      command = below ?? command;
    }
  }
  const here = { command, argumentsBefore, given: values, optionsEnded };
  if (option !== undefined) return { ...here, option, ...splitList(option, "", word) };
  const inside = optionsEnded ? undefined : optionOf(command, word);
  if (inside?.value === undefined) return { ...here, option: undefined, fixed: "", typed: word };
  const fixed = word.slice(0, word.length - inside.value.length);
  return { ...here, option: inside.option, ...splitList(inside.option, fixed, inside.value) };
}

/** The options of a command: its own, and those of the commands above it. */
export function optionsIn(command: Command): readonly Option[] {
  const own = command.options.filter(({ hidden }) => !hidden);
  return command.parent === null ? own : [...own, ...optionsIn(command.parent)];
}

/** The option that a word starts with, and its value in the same word, as in `--name=value` or `-jvalue`. */
function optionOf(command: Command, word: string): { option: Option; value?: string } | undefined {
  const [flag, value] = /^--[^=]+(?==)/.test(word)
    ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]
    : [word, undefined];
  const options = optionsIn(command);
  const option = options.find(({ long, short }) => flag === long || flag === short);
  if (option !== undefined) return { option, ...(value !== undefined && { value }) };
  const attached = options.find(({ short, required }) => required && short && word.startsWith(short));
  return attached && { option: attached, value: word.slice(2) };
}

/** In a comma-separated list, only the last name is completed. */
function splitList(option: Option, fixed: string, value: string): Pick<Position, "fixed" | "typed"> {
  const start = /<(?:names|steps)>$/.test(option.flags) ? value.lastIndexOf(",") + 1 : 0;
  return { fixed: fixed + value.slice(0, start), typed: value.slice(start) };
}
