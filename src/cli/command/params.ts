import { InvalidArgumentError } from "commander";
import { fromDotList } from "../../config/omegaconf/dot_list.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import { UserError } from "../../core/errors.ts";
import { parseJson } from "../../core/text/python_json.ts";
import { trimBoth } from "../../core/text/trim.ts";

type Params = Readonly<Record<string, unknown>>;

/**
 * Parses runtime parameters: a JSON object as the plugin takes it, also in single quotes, or `a.b=1,c=2` as `kedro run`
 * takes it. Empty text and `null` mean none.
 *
 * @throws {InvalidArgumentError} for anything else.
 */
export function runtimeParams(text: string): Params {
  const bare = trimBoth(text, "'");
  if (bare.trim() === "") return {};
  let value: unknown;
  try {
    value = parseJson(bare);
  } catch (thrown) {
    const isJson = ["{", "["].includes(bare.trimStart()[0]!);
    if (!isJson && SEPARATOR.test(bare)) return kedroParams(text === `'${bare}'` ? bare : text);
    throw new InvalidArgumentError(`not valid JSON (${(thrown as Error).message}); ${FORMS}`);
  }
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Params;
  throw new InvalidArgumentError(`${kindOf(value)}, not an object; ${FORMS}`);
}

const FORMS = 'use name=value,group.name=value or {"name": value}';

const SEPARATOR = /[=:]/;

/** Parses `a.b=1,c=2`, or `a.b:1,c:2` as Kedro before 0.19: values are YAML without commas. */
function kedroParams(text: string): Params {
  const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const at = item.search(SEPARATOR);
    const name = item.slice(0, Math.max(0, at)).trim();
    if (name !== "") return [name, item.slice(at + 1)] as const;
    throw new InvalidArgumentError(
      at < 0
        ? `"${item}" is not name=value; values with commas need JSON, such as {"name": [1, 2]}`
        : `"${item}" has no name; ${FORMS}`,
    );
  });
  try {
    return toPlain(fromDotList(items, "--params"), { keepFloats: true }) as Params;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new InvalidArgumentError(`a value is not valid YAML; quote it, such as name="value"`);
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : `a ${typeof value === "object" ? "number" : typeof value}`;
}
