import type { CommanderError } from "commander";
import { ExitCode, UserError } from "../errors.ts";

/** How each complaint of the parser is said here; `$1` and on are the parts of its own message. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^unknown command '(.+?)'/, 'Cannot find the command "$1"'],
  [/^unknown option '(.+?)'/, 'Cannot find the option "$1"'],
  [/^option '(.+?)' argument missing/, 'Cannot take "$1" without a value'],
  [/^option '(.+?)' argument '(.*)' is invalid\. (.+)/s, 'Cannot take "$2" for "$1": $3'],
  [/^missing required argument '(.+?)'/, "Cannot go on without <$1>"],
  [/^too many arguments(?: for '(.+?)')?\. (.+?)\.?$/, "Cannot take that many arguments: $2"],
];

/** Turns what the parser says into one of our errors: what was typed, and what is meant perhaps. */
export function usageError(error: CommanderError): UserError {
  const [said = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const meant = rest.join(" ").match(/Did you mean (?:one of )?(.+?)\?/)?.[1];
  const form = SENTENCES.find(([pattern]) => pattern.test(said));
  return new UserError(form === undefined ? said : said.replace(...form), {
    code: `usage.${
      error.code.replace(/^commander\./, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    }`,
    exit: ExitCode.Usage,
    hint: meant === undefined ? "Run `kedro-azureml --help`" : `Did you mean \`${meant}\`?`,
  });
}
