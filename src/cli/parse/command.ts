import { Argument, type Command, Option } from "commander";
import type { AppContext, ProjectOptions } from "../../app/context.ts";
import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { maskedText } from "../../core/secrets.ts";
import { shellWord } from "../../core/untrusted.ts";
import type { Outputs } from "../text/output.ts";
import { type Example, examplesText, keepForAll } from "./help_layout.ts";

/** How an option is typed, by its name in code. */
export function flagOf(option: string): string {
  if (option === "env") return "-e";
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The context of a command: that of the application layer plus the terminal, which that layer does not have. */
export interface CommandContext extends AppContext, Pick<Context, "terminal"> {}

/** An option or an argument: how it is typed, what the help says of it, and how its value is read. */
export interface Field<Value> {
  readonly flags: string;
  readonly about: string;
  /** Reads what was typed; an option that can be repeated adds it to the value `before`. */
  parse?(typed: string, before: Value): Value;
  /** Reads the value further, with what is loaded only where it was typed. */
  finish?(value: Value): Value | Promise<Value>;
  readonly choices?: readonly string[];
  readonly usual?: Value;
  readonly isRequired?: boolean;
  /**
   * Whether an empty value says something; otherwise it is refused, because it comes from a variable that is not set.
   * A text says what is used then: an option that the plugin takes empty counts as not given, with a warning.
   */
  readonly mayBeEmpty?: boolean | string;
  readonly isHidden?: boolean;
  /** Whether only `help COMMAND --all` lists it. */
  readonly isRare?: boolean;
  /** Above it and its neighbors in the help. */
  readonly heading?: string;
  /** An option whose values are added to those of an argument. */
  readonly also?: Field<Value | undefined>;
  readonly rules?: readonly Rule[];
}

/** Without which other option, or with which, an option is refused; others are given by their keys. */
export interface Rule {
  readonly needs?: string;
  readonly excludes?: string;
  readonly code: string;
  /** The message (default: made of both options). */
  readonly says?: (flag: string) => string;
  readonly hint: string | ((typed: Readonly<Record<string, unknown>>) => string);
  /** Rules of a lower rank are checked first, those of the same rank in the order of the options (default: 0). */
  readonly rank?: number;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type Values<All> = {
  readonly [Key in keyof All]: All[Key] extends Field<infer Value> ? Value : never;
};

/** What was typed for a command: the value of each field, and on which project it works. */
export type Typed<All> = Values<All> & ProjectOptions;

type More<Value> = Partial<Omit<Field<Value>, "flags" | "about" | "parse" | "choices">>;

/** An option that is given or not; with `--no-…` false or true. */
export function flag(
  flags: string,
  about: string,
  more: More<boolean | undefined> = {},
): Field<boolean | undefined> {
  return { flags, about, ...more };
}

/** An option or an argument that may be left out, whose value stays as it is typed. */
export function text(
  flags: string,
  about: string,
  more: More<string | undefined> = {},
): Field<string | undefined> {
  return { flags, about, ...more };
}

/** An option or an argument that must be typed. */
export function required(flags: string, about: string): Field<string> {
  return { flags, about, isRequired: true };
}

/** An argument that takes one of a few words, and must be typed. */
export function requiredChoice<const Choice extends string>(
  flags: string,
  about: string,
  choices: readonly Choice[],
): Field<Choice> {
  return { flags, about, choices, isRequired: true };
}

/** An argument that takes any number of words. */
export function many(
  flags: string,
  about: string,
  more: More<readonly string[]> = {},
): Field<readonly string[]> {
  return { flags, about, ...more };
}

/** An option whose value is read by a function, which for an option that can be repeated gets the value so far. */
export function value<Value>(
  flags: string,
  about: string,
  parse: (typed: string, before: Value | undefined) => Value,
  more: More<Value | undefined> = {},
): Field<Value | undefined> {
  return { flags, about, parse: parse as (typed: string, before: Value | undefined) => Value, ...more };
}

/** An option that takes one of a few words. */
export function choice<const Choice extends string>(
  flags: string,
  about: string,
  choices: readonly Choice[],
): Field<Choice | undefined> {
  return { flags, about, choices };
}

/** The same options, all below a heading, or all rare. */
export function alike<const Group extends Fields>(
  group: Group,
  shared: Partial<Pick<Field<unknown>, "heading" | "isRare">>,
): Group {
  return Object.fromEntries(
    Object.entries(group).map(([key, field]) => [key, { ...field, ...shared }]),
  ) as unknown as Group;
}

/** The same options, each with one more rule. */
export function withRule<const Group extends Fields>(group: Group, rule: Rule): Group {
  return Object.fromEntries(
    Object.entries(group).map(([key, field]) => [key, { ...field, rules: [...field.rules ?? [], rule] }]),
  ) as unknown as Group;
}

type Need =
  /** It always reads the project's pipelines, so the reader starts while it is loaded. */
  | "pipelines"
  /** Requests to Azure, which `--emulator` sends to an emulator. */
  | "azure"
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

function argumentOf({ flags, about, choices }: Field<unknown>): Argument {
  const argument = new Argument(flags, about);
  return choices === undefined ? argument : argument.choices(choices);
}

function optionOf(field: Field<unknown>): Option {
  const { flags, about, choices, usual, heading, isRequired = false, isHidden = false } = field;
  const option = new Option(flags, about).makeOptionMandatory(isRequired).hideHelp(isHidden);
  if (choices !== undefined) option.choices(choices);
  const { parse = (typed) => typed, mayBeEmpty } = field;
  if (typeof mayBeEmpty === "string") {
    option.argParser((typed, before) => typed.trim() === "" ? before ?? EMPTY : parse(typed, before));
  } else if (field.parse !== undefined) option.argParser(parse);
  if (usual !== undefined) option.default(usual);
  if (heading !== undefined) option.helpGroup(heading);
  return field.isRare ? keepForAll(option) : option;
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

const EMPTY: unknown = {};
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

function longFlag(field: Field<unknown>): string {
  const { short, long } = optionOf(field);
  return short?.startsWith("--") ? short : long!;
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

export function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}
