import { type Fields, isFields, ownValue } from "../core/fields.ts";
import { maskedPair } from "../core/text/mask.ts";
import { exactJson } from "../core/text/python_json.ts";
import { paramsOption } from "../core/text/shell_word.ts";

/** The value of an input such as `params:train.rate` as text, with secrets masked; `undefined` if it is not given. */
export function parameterValue(input: string, parameters: Fields): string | undefined {
  if (!input.startsWith("params:")) return undefined;
  const path = input.slice("params:".length).split(".");
  let value: unknown = parameters;
  for (const key of path) value = isFields(value) ? ownValue(value, key) : undefined;
  return value === undefined ? undefined : maskedPair(path.join("."), value)[1];
}

/** The parameters that the command of a step sets. */
export function parametersInCommand(command: string): Fields | undefined {
  const value = exactJson(paramsOption(command)?.json ?? "");
  return isFields(value) ? value : undefined;
}
