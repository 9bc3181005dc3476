import type { Command, CommanderError } from "commander";
import { ExitCode, UserError } from "../../core/errors.ts";
import { pathOf } from "./command_tree.ts";

/** How each complaint of the parser is said here; `$1` and on are the parts of its own message. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^unknown command '(.+?)'/, 'Cannot find the command "$1"'],
  [/^unknown option '(.+?)'/, 'Cannot find the option "$1"'],
  [/^option '(.+?)' argument missing/, 'Cannot take "$1" without a value'],
  [/^option '(.+?)' argument '(.*)' is invalid\. (.+)/s, 'Cannot take "$2" for "$1": $3'],
  [/^required option '(.+?)' not specified/, 'Cannot go on without "$1"'],
  [/^missing required argument '(.+?)'/, "Cannot go on without <$1>"],
  [/^too many arguments(?: for '(.+?)')?\. (.+?)\.?$/, "Cannot take that many arguments: $2"],
];

/** What the parser throws once it has printed help or the version. */
const SHOWN = ["commander.help", "commander.helpDisplayed", "commander.version"];

/** Whether the parser throws because it has printed what was asked for. */
export function isShown({ code }: CommanderError): boolean {
  return SHOWN.includes(code);
}

/**
 * Throws what the parser of one command complains of as one of our errors; help and the version go through.
 *
 * @throws {UserError} `usage.*`.
 */
export function throwUsage(error: CommanderError, command: Command): never {
  throw isShown(error) ? error : usageError(error, command);
}

/** Turns what the parser says into one of our errors: what was typed, and what is meant perhaps. */
function usageError(error: CommanderError, command: Command): UserError {
  const [said = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const meant = rest.join(" ").match(/Did you mean (?:one of )?(.+?)\?/)?.[1];
  const form = SENTENCES.find(([pattern]) => pattern.test(said));
  return new UserError(form === undefined ? said : said.replace(...form), {
    code: `usage.${
      error.code.replace(/^commander\./, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    }`,
    exit: ExitCode.Usage,
    hint: meant === undefined
      ? `Run \`${["kedro-azureml", pathOf(command), "--help"].filter(Boolean).join(" ")}\``
      : `Did you mean \`${meant}\`?`,
  });
}
