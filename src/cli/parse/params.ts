import { InvalidArgumentError } from "commander";
import type { TypedParams } from "../../app/project/params.ts";
import { trimBoth } from "../../core/format.ts";
import { isRawJson, parseJson } from "../../core/json.ts";
import { UserError } from "../../core/errors.ts";
import { type Field, value } from "./field.ts";

/**
 * Parses runtime parameters: a JSON object as the plugin takes it, also in single quotes, or `a.b=1,c=2` as `kedro run`
 * takes it. Empty text and `null` mean none.
 *
 * @throws {InvalidArgumentError} for anything else.
 */
export function runtimeParams(text: string): TypedParams {
  const bare = trimBoth(text, "'");
  if (bare.trim() === "") return {};
  let value: unknown;
  try {
    value = parseJson(bare);
  } catch (thrown) {
    const isJson = ["{", "["].includes(bare.trimStart()[0]!);
    if (!isJson && SEPARATOR.test(bare)) return kedroParams(text === `'${bare}'` ? bare : text);
    if (!isJson) throw new InvalidArgumentError(FORMS);
    throw new InvalidArgumentError(`not valid JSON (${(thrown as Error).message}); ${FORMS}`);
  }
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value) && !isRawJson(value)) return value as TypedParams;
  throw new InvalidArgumentError(`${kindOf(value)}, not an object; ${FORMS}`);
}

const FORMS = 'use name=value,group.name=value or {"name": value}';

const SEPARATOR = /[=:]/;

const MOST_PARTS = 100;

/** Splits `a.b=1,c=2`, or `a.b:1,c:2` as Kedro before 0.19; values are YAML without commas. */
function kedroParams(text: string): TypedParams {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const separator = item.search(SEPARATOR);
    const name = item.slice(0, Math.max(0, separator)).trim();
    if (name.split(".").length > MOST_PARTS) {
      throw new InvalidArgumentError(`a name has more than ${MOST_PARTS} parts`);
    }
    if (name !== "") return [name, item.slice(separator + 1)] as const;
    throw new InvalidArgumentError(
      separator < 0
        ? `"${item}" is not name=value; values with commas need JSON, such as {"name": [1, 2]}`
        : `"${item}" has no name; ${FORMS}`,
    );
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : `a ${typeof value === "object" ? "number" : typeof value}`;
}

type Params = Readonly<Record<string, unknown>>;

/** For commands that read a project as it is with these parameters. */
export const withParams: { readonly params: Field<Params | undefined> } = {
  params: {
    ...value(
      "--params <params>",
      "runtime parameters: a.b=1,c=2 or a JSON object",
      runtimeParams as (typed: string) => Params,
      { mayBeEmpty: "no parameter is set" },
    ),
    finish: (typed) => readTyped(typed as TypedParams),
  },
};

/** Reads values as `kedro run` does, which needs a parser of YAML. */
async function readTyped(typed: TypedParams): Promise<Params> {
  const { readParams } = await import("../../app/project/params.ts");
  const params = readParams(typed);
  if (params !== undefined) return params;
  const [name, written] = (typed as readonly (readonly [string, string])[])
    .find((item) => readParams([item]) === undefined)!;
  throw new UserError(`Invalid value "${written}" of "${name}" in \`--params\`: not valid YAML`, {
    // usage.invalid_argument: An argument or option has an invalid value. Write it as the message says.
    code: "usage.invalid_argument",
    hint: `Quote text, such as name="value"; lists need JSON, such as {"name": [1, 2]}`,
  });
}
