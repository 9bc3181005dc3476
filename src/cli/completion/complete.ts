import type { Command } from "commander";
import { pathOf, subcommand } from "../command/declare.ts";
import { isRunningSteps } from "../command/shared_options.ts";
import { PAGE_NAMES, TOPIC_NAMES } from "../help/names.ts";
import type { Candidate, CandidateTarget } from "../../app/completion/completion.ts";
import { optionsIn, type Position, positionAt } from "./position.ts";

/** What a shell should offer: these candidates, or files or folders, which the shell finds itself. */
export interface Completions {
  readonly kind: "values" | "files" | "folders";
  readonly candidates: readonly Candidate[];
}

/** Looks up candidates that no declaration lists; `given` has the values of the options typed so far. */
export type CandidateLookup = (
  target: CandidateTarget,
  given: Readonly<Record<string, string>>,
) => Promise<readonly Candidate[]>;

/** Finds the completions of `word`, which follows the words `before`. */
export async function complete(
  root: Command,
  before: readonly string[],
  word: string,
  lookUp: CandidateLookup,
): Promise<Completions> {
  const position = positionAt(root, before, word);
  if (position.option === undefined && word.startsWith("-") && !position.optionsEnded) {
    return values(position, optionCandidates(position.command));
  }
  const placeholder = position.option === undefined
    ? targetAt(position).argument
    : position.option.flags.match(/<([^>]+)>$/)?.[1];
  if (placeholder === "file" || placeholder === "path") return { kind: "files", candidates: [] };
  if (placeholder === "dir") return { kind: "folders", candidates: [] };
  const choices = position.option === undefined
    ? commandCandidates(position)
    : position.option.argChoices?.map(toCandidate);
  return values(position, choices ?? await lookUp(targetAt(position), ofProject(position)));
}

/** The options that were typed, without a `--python` that is for steps. */
function ofProject({ command, given: { python, ...others } }: Position): Readonly<Record<string, string>> {
  return python === undefined || isRunningSteps(command) ? others : { ...others, python };
}

function targetAt({ option, command, argumentsBefore }: Position): CandidateTarget {
  const name = pathOf(command);
  if (option !== undefined) return { option: option.attributeName(), command: name };
  const count = argumentsBefore.length;
  const argument = command.registeredArguments[count] ?? command.registeredArguments.at(-1);
  const more = argument !== undefined && (argument.variadic || count < command.registeredArguments.length);
  return { command: name, ...(more && { argument: argument.name() }) };
}

function commandCandidates({ command, argumentsBefore }: Position): readonly Candidate[] | undefined {
  if (command.name() === "help") return helpCandidates(command.parent!, argumentsBefore);
  return argumentsBefore.length > 0 || command.commands.length === 0 ? undefined : subcommands(command);
}

/** What `help` accepts: topics, pages and commands, or the subcommands of a command that is already typed. */
function helpCandidates(root: Command, words: readonly string[]): readonly Candidate[] {
  const command = words.reduce<Command | undefined>((above, word) => above && subcommand(above, word), root);
  if (command === undefined) return [];
  return [
    ...subcommands(command),
    ...(command === root ? [...TOPIC_NAMES, ...PAGE_NAMES].map(toCandidate) : []),
  ];
}

function subcommands(command: Command): readonly Candidate[] {
  return command.createHelp().visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.summary() || each.description() }));
}

function optionCandidates(command: Command): readonly Candidate[] {
  return optionsIn(command).map(({ long, short, description }) => ({ value: (long ?? short)!, description }));
}

function toCandidate(value: string): Candidate {
  return { value };
}

/** Shells insert candidates unquoted, so names with special characters are left out. */
const SAFE_WORD = /^[\p{L}\p{N}_./:@+,=-]+$/u;

function values({ fixed, typed }: Position, candidates: readonly Candidate[]): Completions {
  const matching = candidates.filter(({ value }) => value.startsWith(typed) && SAFE_WORD.test(value));
  return {
    kind: "values",
    candidates: matching.map((each) => ({ ...each, value: fixed + each.value })),
  };
}
