import { unquoted } from "./shell_word.ts";

/** JSON in single quotes of the shell. */
const PARAMS = / --params=((?:'[^']*'|\\')+)/;

/** The `--params` option in the command of a step, as it is written there and its JSON; `undefined` if it has none. */
export function paramsOption(
  command: string,
): { readonly option: string; readonly json: string } | undefined {
  const [option, quoted] = PARAMS.exec(command) ?? [];
  return quoted === undefined ? undefined : { option: option!, json: unquoted(quoted) };
}
