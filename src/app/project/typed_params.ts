import { isFields } from "../../core/fields.ts";
import type { AppContext } from "../context.ts";
import { resolve } from "node:path";
import { parseJson } from "../../core/text/python_json.ts";
import { fromDotList } from "../../config/omegaconf/dot_list.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import { readFile } from "../../config/layers/read_file.ts";
import { tryParse, UserError } from "../../core/errors.ts";

type Params = Readonly<Record<string, unknown>>;

/** Runtime parameters as typed: an object, or names such as `a.b` and values in YAML, as for `kedro run`. */
export type TypedParams = Params | readonly (readonly [name: string, value: string])[];

/** Reads typed parameters as `kedro run` does; `undefined` if a value is not YAML. @param source Named by their places. */
export function readParams(typed: TypedParams, source: string): Params | undefined {
  if (!Array.isArray(typed)) return typed as Params;
  return tryParse(() => toPlain(fromDotList(typed, source), { keepFloats: true }) as Params);
}

/**
 * Adds the parameters of a file (YAML or JSON) to typed ones, which take precedence key by key. Errors name its full
 * path.
 *
 * @throws {UserError} `usage.params_file`, `config.*` as for a configuration file.
 */
export async function withParamsFile(ctx: AppContext, file: string, params: Params = {}): Promise<Params> {
  const path = resolve(ctx.cwd, file);
  const kind = (await ctx.fs.stat(path))?.kind;
  if (kind === undefined) {
    throw unreadable(path, "file not found", "Correct the path, which is relative to the current folder");
  }
  if (kind === "folder") throw unreadable(path, "it is a folder");
  const read = /\.json$/i.test(path)
    ? await readJson(ctx, path)
    : toPlain(await readFile(ctx, { path, name: path }), { keepFloats: true });
  return { ...read as Params, ...params };
}

/** JSON needs its own parser: YAML 1.1 reads `1e5` as text. */
async function readJson(ctx: AppContext, path: string): Promise<unknown> {
  let value: unknown;
  try {
    value = parseJson(await ctx.fs.readText(path));
  } catch (thrown) {
    throw unreadable(path, `invalid JSON (${(thrown as Error).message})`);
  }
  if (isFields(value)) return value;
  throw unreadable(path, "not a JSON object");
}

function unreadable(
  name: string,
  what: string,
  hint = "Give `--params-file` a YAML file with `key: value` lines, or a JSON object",
): UserError {
  return new UserError(`Cannot read parameters from "${name}": ${what}`, {
    code: "usage.params_file",
    hint,
    place: { file: name },
  });
}
