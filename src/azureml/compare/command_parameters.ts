import { parseJson } from "../../core/text/python_json.ts";

/** A step's command without its runtime parameters, and these one by one. */
export interface CommandParameters {
  readonly command: string;
  /** Each leaf by its dotted name, as JSON. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** The option as the command of a step has it: JSON in single quotes of the shell. */
const PARAMS = / --params=((?:'[^']*'|\\')+)/;

/** Takes the runtime parameters out of a step's command, the plugin's too. Pure. */
export function parameterFacts(command: string): CommandParameters {
  const found = PARAMS.exec(command);
  const value = found === null ? undefined : parsed(unquoted(found[1]!));
  if (value === undefined) return { command, parameters: [] };
  return { command: command.replace(found![0], ""), parameters: leaves(value, "") };
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'|\\(')/g, (_, inside, quote) => inside ?? quote);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function leaves(value: Record<string, unknown>, above: string): [string, string][] {
  return Object.entries(value).flatMap(([key, one]): [string, string][] => {
    const name = above === "" ? key : `${above}.${key}`;
    return isObject(one) && Object.keys(one).length > 0
      ? leaves(one, name)
      : [[name, JSON.stringify(one) ?? String(one)]];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
