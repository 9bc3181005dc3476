import type { Command } from "commander";
import { pathOf } from "../command/command_tree.ts";
import { optionsIn, type Position, positionAt } from "./position.ts";

/** One thing to choose. */
export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** Where candidates that stand in no declaration come from, by what they are for. */
export type Sources = (
  wanted: { readonly option?: string; readonly argument?: string; readonly command: string },
  given: Readonly<Record<string, string>>,
) => Promise<readonly Candidate[]>;

/** What a shell offers: candidates as whole words, or files or folders, which it finds by itself. */
export interface Answer {
  readonly kind: "values" | "files" | "folders";
  readonly candidates: readonly Candidate[];
}

/** Answers what may stand in place of `word` after the words `before`. */
export async function complete(
  root: Command,
  before: readonly string[],
  word: string,
  sources: Sources,
): Promise<Answer> {
  const at = positionAt(root, before, word);
  if (at.option === undefined && word.startsWith("-") && !at.optionsEnded) {
    return values(at, optionCandidates(at.command));
  }
  const placeholder = at.option?.flags.match(/<([^>]+)>$/)?.[1];
  if (placeholder === "file" || placeholder === "path") return { kind: "files", candidates: [] };
  if (placeholder === "dir") return { kind: "folders", candidates: [] };
  const choices = at.option === undefined ? commandCandidates(at) : at.option.argChoices?.map(toCandidate);
  return values(at, choices ?? await sources(wantedAt(at), at.given));
}

function wantedAt({ option, command, argumentsBefore }: Position) {
  const name = pathOf(command);
  if (option !== undefined) return { option: option.attributeName(), command: name };
  const argument = command.registeredArguments[argumentsBefore] ?? command.registeredArguments.at(-1);
  const more = argument !== undefined &&
    (argument.variadic || argumentsBefore < command.registeredArguments.length);
  return { command: name, ...(more && { argument: argument.name() }) };
}

function commandCandidates({ command, argumentsBefore }: Position): readonly Candidate[] | undefined {
  if (argumentsBefore > 0 || command.commands.length === 0) return undefined;
  return command.createHelp().visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.summary() || each.description() }));
}

function optionCandidates(command: Command): readonly Candidate[] {
  return optionsIn(command).map(({ long, short, description }) => ({ value: (long ?? short)!, description }));
}

function toCandidate(value: string): Candidate {
  return { value };
}

/** A shell puts candidates into the command line as they are, so that names with a meaning to shells are left out. */
const HARMLESS = /^[\p{L}\p{N}_./:@+,=-]+$/u;

function values({ fixed, typed }: Position, candidates: readonly Candidate[]): Answer {
  const fitting = candidates.filter(({ value }) => value.startsWith(typed) && HARMLESS.test(value));
  return {
    kind: "values",
    candidates: fitting.map((each) => ({ ...each, value: fixed + each.value })),
  };
}
