import { isPlainObject } from "../../../core/fields.ts";
import { parseJson } from "../../../core/text/python_json.ts";

/** A step's command without its runtime parameters, and the parameters. */
export interface CommandParameters {
  readonly command: string;
  /** Dotted name and JSON value of each leaf. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** The `--params` option in a step's command: JSON in single quotes of the shell. */
const PARAMS = / --params=((?:'[^']*'|\\')+)/;

/** Extracts the runtime parameters from a step's command, including commands compiled by the plugin. */
export function parameterFacts(command: string): CommandParameters {
  const match = PARAMS.exec(command);
  const value = match === null ? undefined : parsed(unquoted(match[1]!));
  if (value === undefined) return { command, parameters: [] };
  return { command: command.replace(match![0], ""), parameters: leaves(value, "") };
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'|\\(')/g, (_, inside, quote) => inside ?? quote);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function leaves(value: Record<string, unknown>, above: string): [string, string][] {
  return Object.entries(value).flatMap(([key, child]): [string, string][] => {
    const name = above === "" ? key : `${above}.${key}`;
    return isPlainObject(child) && Object.keys(child).length > 0
      ? leaves(child, name)
      : [[name, JSON.stringify(child) ?? String(child)]];
  });
}
