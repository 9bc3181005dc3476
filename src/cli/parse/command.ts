import type { Command } from "commander";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { maskedText } from "../../core/secrets.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { Outputs } from "../text/output.ts";
import { type Example, examplesText } from "./help_layout.ts";
import { argumentOf, EMPTY, type Field, type Fields, longFlag, optionOf, type Values } from "./field.ts";

/** How an option is typed, by its name in code. */
export function flagOf(option: string): string {
  if (option === "env") return "-e";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The context of a command: that of the application layer plus the terminal, which that layer does not have. */
export interface CommandContext extends AppContext, Pick<Context, "terminal"> {}

/** What was typed for a command: the value of each field, and on which project it works. */
export type Typed<All> = Values<All> & ProjectOptions;

type Need =
  /** It always reads the project's pipelines, so the reader starts while it is loaded. */
  | "pipelines"
  /** Requests to Azure, which `--emulator` sends to an emulator. */
  | "azure"
  /** Jobs or schedules that were made before, so that `--emulator` needs one that is running. */
  | "earlier jobs"
  /** It starts and stops emulators, and uses none itself. */
  | "no emulator"
  /** All other commands, such as for their help. */
  | "commands";

/** A command: how it is typed, and what it does. */
interface Spec<Args extends Fields, Options extends Fields> {
  readonly name: string;
  readonly alias?: string;
  /** What it does, in the imperative; the first line stands in lists of commands, unless there is a summary. */
  readonly about: string;
  readonly summary?: string;
  readonly examples?: readonly Example[];
  readonly needs?: readonly Need[];
  readonly isHidden?: boolean;
  readonly args?: Args;
  readonly options?: Options;
  /** @param command Its parser, by which it finds other commands. */
  readonly run?: (
    ctx: CommandContext,
    typed: Typed<Args & Options>,
    command: Command,
  ) => Outputs | Promise<Outputs>;
  readonly commands?: readonly AnyCommand[];
}

/** A command of which only the parser knows what it takes. */
export interface AnyCommand extends Omit<Spec<Fields, Fields>, "run"> {
  // A method, so that a command for certain options is a command.
  run?(ctx: CommandContext, typed: Typed<Fields>, command: Command): Outputs | Promise<Outputs>;
}

/** Declares a command, whose action gets what its arguments and options say. */
export function command<const Args extends Fields, const Options extends Fields>(
  spec: Spec<Args, Options>,
): AnyCommand {
  return spec as unknown as AnyCommand;
}

/** How the program makes the parser of a command, and calls what it does. */
export interface Maker {
  readonly make: (parent: Command, name: string) => Command;
  readonly act: (parser: Command, spec: AnyCommand) => () => Promise<void>;
}

/** Adds to the parser of a command what its declaration says, with the commands below it. */
export function fill(parser: Command, spec: AnyCommand, maker: Maker): void {
  const { alias, about, summary, examples = [], args = {}, options = {}, run, commands = [] } = spec;
  Object.assign(parser.description(about), { [SPEC]: spec });
  if (alias !== undefined) parser.alias(alias);
  if (summary !== undefined) parser.summary(summary);
  if (examples.length > 0) parser.addHelpText("after", () => examplesText(examples));
  for (const field of Object.values(args)) {
    parser.addArgument(argumentOf(field));
    if (field.also !== undefined) parser.addOption(optionOf(field.also));
  }
  addOptions(parser, options);
  if (run !== undefined) parser.action(maker.act(parser, spec));
  for (const below of commands) fill(maker.make(parser, below.name), below, maker);
}

/** Words of options that were typed, by the parser of the command that has these. */
const TYPED_WORDS = new WeakMap<Command, (readonly [flag: string, word: string])[]>();

export function addOptions(parser: Command, fields: Fields): Command {
  const words: (readonly [string, string])[] = [];
  TYPED_WORDS.set(parser, words);
  for (const field of Object.values(fields)) {
    const option = optionOf(field);
    parser.addOption(option).on(
      `option:${option.name()}`,
      (word = "") => words.push([longFlag(field), word]),
    );
  }
  return parser;
}

/** What was typed of these options, as words for another command; secrets are masked. */
export function typedWords(parser: Command, fields: Fields): readonly string[] {
  const flags = Object.values(fields).map(longFlag);
  return TYPED_WORDS.get(parser)!.filter(([flag]) => flags.includes(flag))
    .flatMap(([flag, word]) => [flag, shellWord(maskedText(word))]);
}

/** Names the fields of a command as `app` does. @param given What the parser read, by its own names of options. */
export function namedValues(
  parser: Command,
  { args = {}, options = {} }: AnyCommand,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const valueOf = (field: Field<unknown>) => given[optionOf(field).attributeName()];
  const ofArgument = ([key, { also }]: readonly [string, Field<unknown>], at: number) => {
    const typed: unknown = parser.processedArgs[at];
    const more = also && valueOf(also) as readonly unknown[] | undefined;
    return [key, more === undefined ? typed : [...typed as readonly unknown[], ...more]] as const;
  };
  return Object.fromEntries([
    ...Object.entries(args).map(ofArgument),
    ...Object.entries(options).map(([key, field]) => [key, valueOf(field)] as const),
  ]);
}

/** The values of a command, each read to its end. */
export async function finished(
  { options = {} }: AnyCommand,
  typed: Typed<Fields>,
): Promise<Typed<Fields>> {
  const entries = Object.entries(options).filter(([key, { finish }]) => finish && typed[key] !== undefined);
  const read = await Promise.all(
    entries.map(async ([key, field]) => [key, await field.finish!(typed[key])] as const),
  );
  return { ...typed, ...Object.fromEntries(read) };
}
const WHEN_EMPTY = "Omit it, or set the variable that it comes from";

/** Refuses a value, such as that of an unset variable in CI, that is empty, so that it would select everything. */
export function refuseEmpty(flag: string, value: unknown): void {
  const isEmpty = Array.isArray(value) ? value.every((each) => each === "") : value === "";
  if (!isEmpty) return;
  throw new UserError(`\`${flag}\` has an empty value`, {
    code: "usage.invalid_argument",
    hint: WHEN_EMPTY,
  });
}

/** What was typed without options that count as not given because they are empty, and warnings about them. */
export function withoutEmpty(
  { options = {} }: AnyCommand,
  typed: Typed<Fields>,
): { readonly typed: Typed<Fields>; readonly warnings: readonly Warning[] } {
  const empty = Object.keys(options).filter((key) => typed[key] === EMPTY);
  const warnings = empty.map((key): Warning => ({
    // usage.empty: An option has an empty value, so it has no effect. Omit it, or set the variable that it comes from.
    code: "usage.empty",
    message: `\`${longFlag(options[key]!)}\` has an empty value, so ${options[key]!.mayBeEmpty}`,
    hint: WHEN_EMPTY,
  }));
  return { typed: { ...typed, ...Object.fromEntries(empty.map((key) => [key, undefined])) }, warnings };
}

/** Checks the rules of a command's options. @throws {UserError} of the first that is broken. */
export function checkRules({ args = {}, options = {} }: AnyCommand, typed: Typed<Fields>): void {
  for (const [key, field] of Object.entries(options)) {
    if (!field.mayBeEmpty) refuseEmpty(longFlag(field), typed[key]);
  }
  for (const [key, { flags, mayBeEmpty }] of Object.entries(args)) {
    if (mayBeEmpty || ![typed[key]].flat().some((each) => typeof each === "string" && !each.trim())) continue;
    // usage.no_name: An argument is empty. Omit it, or set the variable that it comes from.
    throw new UserError(`The value of ${flags} is empty`, { code: "usage.no_name", hint: WHEN_EMPTY });
  }
  const isGiven = (key: string) => {
    const value = typed[key];
    return Object.hasOwn(args, key) && Array.isArray(value) ? value.length > 0 : value !== undefined;
  };
  const shown = (key: string) =>
    Object.hasOwn(args, key) ? "the name of a job" : `\`${longFlag(options[key]!)}\``;
  const rules = Object.entries(options).flatMap(([key, field]) =>
    isGiven(key) ? (field.rules ?? []).map((rule) => ({ flag: longFlag(field), ...rule })) : []
  );
  for (const rule of rules.toSorted((one, other) => (one.rank ?? 0) - (other.rank ?? 0))) {
    const { flag, needs, excludes, code, says, hint } = rule;
    const isMissing = needs !== undefined && !isGiven(needs);
    if (!isMissing && (excludes === undefined || !isGiven(excludes))) continue;
    const message = says?.(flag) ??
      (isMissing
        ? `\`${flag}\` needs ${shown(needs)}`
        : `\`${flag}\` cannot be combined with ${shown(excludes!)}`);
    const advice = typeof hint === "string" ? hint : hint(typed);
    throw new UserError(message, { code, hint: advice });
  }
}

const SPEC = Symbol("spec");

export function specOf(parser: Command): AnyCommand | undefined {
  return (parser as { readonly [SPEC]?: AnyCommand })[SPEC];
}

/** Whether `--python` of a command names the interpreter that reads the project, not that of the steps. */
export function isReadingWith({ options = {} }: AnyCommand): boolean {
  return Object.hasOwn(options, "python");
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

export function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((each) => each.name() === word || each.aliases().includes(word));
}

/** The command that words name, one below the other; `undefined` if there is none. */
export function commandAt(root: Command, words: readonly string[]): Command | undefined {
  return words.reduce<Command | undefined>((above, word) => above && subcommand(above, word), root);
}

export function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}
