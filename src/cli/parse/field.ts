import { Argument, Option } from "commander";
import { keepForAll } from "./help_layout.ts";

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

/** What {@linkcode optionOf} reads for an empty value that counts as not given. */
export const EMPTY: unknown = {};

export function argumentOf({ flags, about, choices }: Field<unknown>): Argument {
  const argument = new Argument(flags, about);
  return choices === undefined ? argument : argument.choices(choices);
}

export function optionOf(field: Field<unknown>): Option {
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

export function longFlag(field: Field<unknown>): string {
  const { short, long } = optionOf(field);
  return short?.startsWith("--") ? short : long!;
}
