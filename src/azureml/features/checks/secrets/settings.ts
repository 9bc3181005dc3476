import { maskedPair } from "../../../../core/text/mask.ts";
import type { Step } from "../../../job/job_spec.ts";
import { parameterFacts } from "../../compare/command_parameters.ts";

/** The environment variables of a step whose values look like secrets. */
export function secretVariables({ environmentVariables }: Step): string[] {
  return secretNames(Object.entries(environmentVariables));
}

/** The runtime parameters of a step whose values look like secrets, such as `db.password`. */
export function secretParameters({ command }: Step): string[] {
  return secretNames(parameterFacts(command).parameters);
}

/** Values that hide nothing, as text and as JSON. */
const EMPTY = ["", '""', "null", "true", "false", "[]", "{}"];

function secretNames(values: readonly (readonly [string, string])[]): string[] {
  return values.filter(([name, value]) => !EMPTY.includes(value) && maskedPair(name, value)[1] !== value)
    .map(([name]) => name);
}
