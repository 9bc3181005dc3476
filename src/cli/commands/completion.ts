import type { Command, Option } from "commander";
import type { Candidate, CandidateTarget } from "../../app/runs/completion.ts";
import { userErrorOf } from "../../core/errors.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../core/net/cloud_hosts.ts";
import {
  command,
  commandAt,
  isReadingWith,
  pathOf,
  programOf,
  specOf,
  subcommand,
} from "../parse/command.ts";
import { many, requiredChoice, text } from "../parse/field.ts";
import { projectRequest } from "../parse/global_options.ts";
import { PAGE_NAMES, TOPIC_NAMES } from "../parse/help_layout.ts";
import bash from "./completion.bash" with { type: "text" };
import fish from "./completion.fish" with { type: "text" };
import powershell from "./completion.ps1" with { type: "text" };
import zsh from "./completion.zsh" with { type: "text" };

/**
 * The completion script of each shell, which calls this program.
 *
 * `kedro-azureml complete --word=WORD -- WORDS…` prints one candidate per line, followed by a tab and its
 * description, and finally `:values`, `:files` or `:folders`. The scripts pass on what was typed without evaluating
 * it.
 */
export const SCRIPTS = { bash, zsh, fish, powershell } as const;

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export const completion = command({
  name: "completion",
  about: "Print a shell completion script",
  examples: [
    ["completion bash >> ~/.bashrc", "Enable completion in bash"],
    [
      "completion zsh > ~/.zsh/completions/_kedro-azureml",
      "Enable completion in zsh, from a folder in fpath",
    ],
    ["completion fish > ~/.config/fish/completions/kedro-azureml.fish", "Enable completion in fish"],
    ["completion powershell >> $PROFILE", "Enable completion in PowerShell"],
  ],
  args: { shell: requiredChoice("<shell>", "shell to print the script for", SHELLS) },
  run: (_, { shell }) => ({
    data: { shell, script: SCRIPTS[shell] },
    text: SCRIPTS[shell],
    isRaw: true,
  }),
});

/** Prints the candidates for a shell, for the words before the cursor and the one at it, one per line, then their kind; none if the project cannot be read. */
export const complete = command({
  name: "complete",
  about: "",
  args: { words: many("[words...]", "", { mayBeEmpty: true }) },
  options: {
    word: text("--word <text>", "the word at the cursor, up to the cursor", {
      isHidden: true,
      mayBeEmpty: true,
    }),
  },
  needs: ["commands"],
  async run(ctx, { word = "", words }, command) {
    const { projectCandidates } = await import("../../app/runs/completion.ts");
    // Reads what is remembered of emulators; no request is sent.
    // Which emulator runs is not asked: a completion has no time for it.
    const env = { ...ctx.env, KEDRO_AZUREML_EMULATOR: ORIGIN_WITHIN_COMMAND, AZURE_CLIENT_SECRET: "" };
    const machine = words.includes("--emulator") ? { ...ctx, env } : ctx;
    const lookUp: CandidateLookup = (target, { env, directory, python }) =>
      projectCandidates(machine, target, projectRequest(ctx, { env, directory, python }));
    const completions = await completionsOf(programOf(command), words, word, lookUp).catch(noCompletions);
    const lines = completions.candidates.map(({ value, description = "" }) =>
      `${value}\t${description.replaceAll(/\p{Cc}+/gu, " ")}`
    );
    return { data: completions, text: [...lines, `:${completions.kind}`, ""].join("\n"), isRaw: true };
  },
});

function noCompletions(thrown: unknown): Completions {
  userErrorOf(thrown);
  return { kind: "values", candidates: [] };
}

/** What a shell should offer: these candidates, or files or folders, which the shell finds itself. */
interface Completions {
  readonly kind: "values" | "files" | "folders";
  readonly candidates: readonly Candidate[];
}

/** Looks up candidates that no declaration lists; `given` has the values of the options typed so far. */
type CandidateLookup = (
  target: CandidateTarget,
  given: Readonly<Record<string, string>>,
) => Promise<readonly Candidate[]>;

/** Finds the completions of `word`, which follows the words `before`. */
async function completionsOf(
  root: Command,
  before: readonly string[],
  word: string,
  lookUp: CandidateLookup,
): Promise<Completions> {
  const position = positionAt(root, before, word);
  if (position.option === undefined && word.startsWith("-") && !position.optionsEnded) {
    const options = optionsIn(position.command);
    return values(
      position,
      options.map(({ long, short, description }) => ({ value: (long ?? short)!, description })),
    );
  }
  const placeholder = position.option === undefined
    ? targetAt(position).argument
    : position.option.flags.match(/<([^>]+)>$/)?.[1];
  if (placeholder === "file" || placeholder === "path") return { kind: "files", candidates: [] };
  if (placeholder === "dir") return { kind: "folders", candidates: [] };
  const choices = position.option === undefined
    ? commandCandidates(position)
    : position.option.argChoices?.map(toCandidate);
  if (choices !== undefined) return values(position, choices);
  const named = await lookUp(targetAt(position), ofProject(position));
  // A project could name a job as an option is typed, which would then be one.
  return values(position, named.filter(({ value }) => !value.startsWith("-")));
}

/** The options that were typed, without a `--python` that is for steps. */
function ofProject({ command, given: { python, ...others } }: Position): Readonly<Record<string, string>> {
  return python === undefined || !isReadingWith(specOf(command)!) ? others : { ...others, python };
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
  const command = commandAt(root, words);
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

interface Position {
  readonly command: Command;
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

function positionAt(root: Command, before: readonly string[], word: string): Position {
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

function optionsIn(command: Command): readonly Option[] {
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
