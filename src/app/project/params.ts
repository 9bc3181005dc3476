import { join, resolve } from "node:path";
import type { Finding } from "../../azureml/checks/finding.ts";
import { pathsOf } from "../../azureml/checks/job.ts";
import { readConfFiles, readFile } from "../../config/conf_files.ts";
import { fromDotList } from "../../config/omegaconf/dot_list.ts";
import { toPlain } from "../../config/omegaconf/node.ts";
import type { Context } from "../../core/context.ts";
import { tryParse, UserError } from "../../core/errors.ts";
import { requireSmall } from "../../core/files.ts";
import { isFields, parseJson } from "../../core/json.ts";
import { isSlip, nearest, suggestion } from "../../core/suggest.ts";
import type { AppContext } from "../context.ts";
import type { SelectedJobs } from "./open.ts";
import { writtenParameters } from "../../config/load_layers.ts";

type Params = Readonly<Record<string, unknown>>;

/**
 * Findings about runtime parameters without effect, which are probably misspelled: no parameters file defines them,
 * no node reads them, and neither the code nor a configuration file refers to them. Below a mapping that nodes read as
 * a whole any key may be new, so there only one that is a slip away from another is reported.
 *
 * @param files Names of the configuration files, relative to the project.
 */
export async function runtimeParamFindings(
  ctx: Pick<Context, "fs" | "env">,
  { session: { load, snapshot, project, config, source }, jobs }: SelectedJobs,
  files?: readonly string[],
): Promise<Finding[]> {
  const given = [
    { params: load.runtimeParams ?? {}, job: undefined },
    ...[...jobs].map(([name, { key, params }]) => ({ job: { name, key }, params: params ?? {} })),
  ];
  if (given.every(({ params }) => Object.keys(params).length === 0)) return [];
  const { runtimeParams: _, ...withoutParams } = load;
  // Parameters that cannot be loaded are reported elsewhere.
  const values = await writtenParameters(ctx, withoutParams);
  if (values === undefined) return [];
  const written = toPlain(values) as Params;
  const read = new Set(
    Object.values(snapshot.pipelines).flatMap(({ nodes }) => nodes.flatMap(({ inputs }) => inputs)),
  );
  const texts = await Promise.all(
    (files ?? (await readConfFiles(ctx, load)).files).map((name) =>
      ctx.fs.readText(join(project.root, name)).catch(() => "")
    ),
  );
  // Names in configuration files, such as `day` in `${runtime_params:day}`.
  const referenced = texts.flatMap((text) =>
    [...text.matchAll(/runtime_params\s*:\s*([\w.]+)/g)].map(([, name]) => name!)
  );
  const used = [...referenced, ...[...read].flatMap((input) => /^params:(.+)/.exec(input)?.[1] ?? [])];
  const paths = [...pathsOf(written), ...used];
  const { placeOf } = await source();
  const isNamed = (key: string) => placeOf(new RegExp(`\\b${RegExp.escape(key)}\\b`)) !== undefined;
  const mayBeNew = (path: string) => used.some((name) => path.startsWith(`${name}.`));
  const meantBy = (path: string, key: string) => {
    const above = path.slice(0, -key.length);
    const siblings = paths.filter((name) => name.startsWith(above)).map((name) => name.slice(above.length))
      .filter((name) => !name.includes("."));
    const near = mayBeNew(path) ? siblings.find((name) => isSlip(key, name)) : nearest(key, siblings);
    if (near !== undefined) return above + near;
    return mayBeNew(path) ? undefined : paths.find((name) => name.endsWith(`.${path}`));
  };
  return given.flatMap(({ params, job }) =>
    unknownPaths(params, written, used).flatMap(({ path, key }): Finding[] => {
      const meant = meantBy(path, key);
      if (meant === undefined && mayBeNew(path)) return [];
      if ((mayBeNew(path) || read.has("parameters")) && isNamed(key)) return [];
      return [{
        severity: "warning",
        // params.unknown: `--params` or a job's `params` name a parameter that the project lacks. Correct or add it.
        code: "params.unknown",
        message: `No parameter "${path}" in the project${suggestion(meant)}`,
        hint: "Correct the name, or add the parameter to the project's parameters",
        ...(job !== undefined && {
          jobs: [job.name],
          place: config.place(["jobs", job.key, "params", ...path.split(".")]),
        }),
      }];
    })
  );
}

/** The outermost keys that the project's parameters lack, unless they, or something below them, are used. */
function unknownPaths(
  params: Params,
  known: Params,
  used: readonly string[],
  above = "",
): { readonly path: string; readonly key: string }[] {
  return Object.entries(params).flatMap(([key, value]) => {
    const path = `${above}${key}`;
    if (!Object.hasOwn(known, key)) {
      return used.some((name) => `${name}.`.startsWith(`${path}.`)) ? [] : [{ path, key }];
    }
    const inside = known[key];
    return isFields(value) && isFields(inside) ? unknownPaths(value, inside, used, `${path}.`) : [];
  });
}

/** Runtime parameters as typed: an object, or names such as `a.b` and values in YAML, as for `kedro run`. */
export type TypedParams = Params | readonly (readonly [name: string, value: string])[];

/** Reads typed parameters; `undefined` if a value is not YAML. */
export function readParams(typed: TypedParams): Params | undefined {
  return Array.isArray(typed) ? tryParse(() => fromDotList(typed)) : typed as Params;
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
