import { isPlainObject } from "../../../core/fields.ts";
import { paramsOption } from "../../../core/text/shell_word.ts";
import { exactJson } from "../../../core/text/python_json.ts";

/** A step's command without its runtime parameters, and the parameters. */
export interface CommandParameters {
  readonly command: string;
  /** Dotted name and JSON value of each leaf. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** Extracts the runtime parameters from a step's command, including commands compiled by the plugin. */
export function parameterFacts(command: string): CommandParameters {
  const { option = "", json = "" } = paramsOption(command) ?? {};
  const value = exactJson(json);
  if (!isPlainObject(value)) return { command, parameters: [] };
  return { command: command.replace(option, ""), parameters: leaves(value, "") };
}

function leaves(value: Record<string, unknown>, above: string): [string, string][] {
  return Object.entries(value).flatMap(([key, child]): [string, string][] => {
    const name = above === "" ? key : `${above}.${key}`;
    return isPlainObject(child) && Object.keys(child).length > 0
      ? leaves(child, name)
      : [[name, JSON.stringify(child) ?? String(child)]];
  });
}
