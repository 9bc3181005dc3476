import { join, resolve } from "node:path";
import type { Finding } from "../../azureml/checks/finding.ts";
import { readFile } from "../../config/conf_files.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import { fromDotList } from "../../config/omegaconf/yaml.ts";
import type { Context } from "../../core/context.ts";
import { tryParse, UserError } from "../../core/errors.ts";
import { requireSmall } from "../../core/files.ts";
import { isFields, parseJson } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import type { AppContext } from "../context.ts";
import { type ProjectSession, writtenParameters } from "./open.ts";

type Values = Readonly<Record<string, unknown>>;

interface RuntimeParams {
  readonly params: Values;
  /** The job that sets them, with its key in azureml.yml; `undefined` for those of the command line. */
  readonly job?: { readonly name: string; readonly key: string };
}

/**
 * Findings about runtime parameters without effect, which are probably misspelled: no parameters file defines them,
 * no node reads them, and no configuration file refers to them with `runtime_params:`.
 *
 * @param files Names of the configuration files, relative to the project.
 */
export async function runtimeParamFindings(
  ctx: Pick<Context, "fs" | "env">,
  { session: { load, snapshot, project, config }, files }: {
    readonly session: ProjectSession;
    readonly files: readonly string[];
  },
  given: readonly RuntimeParams[],
): Promise<Finding[]> {
  if (given.every(({ params }) => Object.keys(params).length === 0)) return [];
  const { runtimeParams: _, ...withoutParams } = load;
  // Parameters that cannot be loaded are reported elsewhere.
  const values = await writtenParameters(ctx, withoutParams);
  if (values === undefined) return [];
  const written = toPlain(values) as Values;
  const read = new Set(
    Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)),
  );
  const texts = await Promise.all(
    files.map((name) => ctx.fs.readText(join(project.root, name)).catch(() => "")),
  );
  // Names in configuration files, such as `day` in `${runtime_params:day}`.
  const referenced = new Set(
    texts.flatMap((text) => [...text.matchAll(/runtime_params\s*:\s*([\w.]+)/g)].map(([, name]) => name!)),
  );
  const isUsed = (path: string) =>
    [...referenced].some((name) => `${name}.`.startsWith(`${path}.`)) ||
    [...read].some((input) => `${input}.`.startsWith(`params:${path}.`));
  return given.flatMap(({ params, job }) =>
    unknownPaths(params, written, isUsed).map(({ path, siblings }): Finding => ({
      severity: "warning",
      // params.unknown: `--params` names a parameter that the project lacks. Correct the name, or add it.
      code: "params.unknown",
      message: `No parameter "${path}" in the project${didYouMean(path.split(".").at(-1)!, siblings)}`,
      hint: "Correct the name, or add the parameter to the project's parameters",
      ...(job !== undefined && {
        jobs: [job.name],
        place: config.place(["jobs", job.key, "params", ...path.split(".")]),
      }),
    }))
  );
}

interface UnknownPath {
  readonly path: string;
  /** Names that exist at the same level. */
  readonly siblings: readonly string[];
}

function unknownPaths(
  params: Values,
  known: Values,
  isUsed: (path: string) => boolean,
  above = "",
): UnknownPath[] {
  return Object.entries(params).flatMap(([key, value]): UnknownPath[] => {
    const path = above === "" ? key : `${above}.${key}`;
    if (isUsed(path)) return [];
    if (!Object.hasOwn(known, key)) return [{ path, siblings: Object.keys(known) }];
    const inside = known[key];
    return isFields(value) && isFields(inside) ? unknownPaths(value, inside, isUsed, path) : [];
  });
}

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
  await requireSmall(ctx, path, path);
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
    // usage.params_file: The file of `--params` cannot be used. Give it `.yml` or `.json` and key-value
    //   content.
    code: "usage.params_file",
    hint,
    place: { file: name },
  });
}
