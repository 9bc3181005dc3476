import { basename, join, relative, resolve } from "node:path";
import { errorToFindings, findingsError } from "../../azureml/checks/finding.ts";
import { type ConfFiles, readConfFiles, readFile } from "../../config/conf_files.ts";
import { type LoadOptions, nodeAt, writtenParameters } from "../../config/load_layers.ts";
import { nearestNode } from "../../config/omegaconf/node.ts";
import type { Context } from "../../core/context.ts";
import { conflictIn } from "../../core/document.ts";
import {
  changedError,
  cutLong,
  errorsOf,
  type Place,
  type UserError,
  userErrorOf,
  withPlace,
} from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { isHiddenFile, maskedText } from "../../core/secrets.ts";
import { nearest } from "../../core/suggest.ts";
import { lineOfKey, type Project } from "../../kedro/project.ts";
import { hintForHidden, unfoundVariable } from "../../kedro/reader/answer.ts";
import { chooseEnviron } from "../../kedro/visible.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { shellWord } from "../../core/untrusted.ts";

interface VisibleOptions extends Pick<ProjectOptions, "kedroPython"> {
  /** Environment variables that the project's code sees. */
  readonly allowEnvNames?: readonly string[] | undefined;
}

interface ReadProject {
  readonly project: Project;
  readonly load: LoadOptions;
}

/**
 * Adds a place in the project to an error whose data names a `dataset`, a `parameter` or a `function`. If there is no
 * such place, returns the error unchanged.
 */
export async function withProjectPlace(
  ctx: Pick<Context, "fs" | "env">,
  { load, project }: ReadProject,
  error: UserError,
): Promise<UserError> {
  const { dataset, key, parameter, function: func } = error.data;
  if (error.place !== undefined) return error;
  const place = await datasetPlace(ctx, load, dataset, key) ?? await parameterPlace(ctx, load, parameter) ??
    await functionPlace(ctx, project, func);
  return withPlace(error, place);
}

async function datasetPlace(
  ctx: Pick<Context, "fs">,
  load: LoadOptions,
  dataset: unknown,
  key: unknown,
): Promise<Place | undefined> {
  if (typeof dataset !== "string") return undefined;
  const path = typeof key === "string" ? key.split(".") : [];
  const place = (await readConfFiles(ctx, load)).placeOfDataset(dataset, path);
  return place && { ...place, key: typeof key === "string" ? `${dataset}.${key}` : dataset };
}

async function parameterPlace(
  ctx: Pick<Context, "fs" | "env">,
  load: LoadOptions,
  parameter: unknown,
): Promise<Place | undefined> {
  if (typeof parameter !== "string") return undefined;
  const values = await writtenParameters(ctx, load);
  const node = values && nodeAt(values, parameter.split("."));
  return node === undefined || node === values ? undefined : { ...nearestNode(node), key: parameter };
}

/** The file and line of a function such as `shop.nodes:train`. */
async function functionPlace(
  { fs }: Pick<Context, "fs">,
  { root, sourceDir }: Project,
  func: unknown,
): Promise<Place | undefined> {
  if (typeof func !== "string") return undefined;
  const [module = "", qualname = ""] = func.split(":");
  const path = join(sourceDir, module.replaceAll(".", "/"));
  for (const file of [`${path}.py`, join(path, "__init__.py")]) {
    if ((await fs.stat(file))?.kind !== "file") continue;
    const name = RegExp.escape(qualname.split(".").at(-1)!);
    const lines = (await fs.readText(file)).split("\n");
    const index = lines.findIndex((line) =>
      new RegExp(`^\\s*(?:async\\s+)?(?:def|class)\\s+${name}\\b`).test(line)
    );
    return { file: relative(root, file), ...(index >= 0 && { line: index + 1 }) };
  }
  return undefined;
}

export const PYPROJECT = "pyproject.toml";

/** Where pyproject.toml has a key of Kedro. */
export async function keyPlace({ fs }: Pick<Context, "fs">, { root }: Project, key: string): Promise<Place> {
  const line = lineOfKey(await fs.readText(join(root, PYPROJECT)), ["tool", "kedro", key]);
  return { file: PYPROJECT, ...(line !== undefined && { line }) };
}

/** Adds to an error, or to each of several, what is known about its cause. */
export async function explained(
  ctx: AppContext,
  { project, load }: ReadProject,
  error: UserError,
  options: VisibleOptions,
): Promise<UserError> {
  const errors = await Promise.all(
    errorsOf(error).map(async (each) =>
      withLine(ctx, project, await explainConfigError(ctx, load, withHidden(ctx, each, options)))
    ),
  );
  return errors.length === 1
    ? errors[0]!
    : findingsError("read the project", errors.flatMap(errorToFindings))!;
}

/** Says that a variable which the project's code does not find is set, but hidden from it. */
function withHidden(
  { env }: Pick<Context, "env">,
  error: UserError,
  { kedroPython, allowEnvNames }: VisibleOptions,
): UserError {
  const variable = kedroPython === undefined ? unfoundVariable(error.message) : undefined;
  if (variable === undefined) return error;
  const isAllowed = ownValue(chooseEnviron(env, allowEnvNames).withheld, variable);
  return isAllowed === undefined ? error : changedError(error, { hint: hintForHidden(variable, isAllowed) });
}

/**
 * Says what is wrong with a file that is no YAML in the words of our own parser, whoever found it, and shows the line;
 * names a merge conflict.
 */
async function withLine(
  { fs }: Pick<Context, "fs">,
  { root }: Project,
  error: UserError,
): Promise<UserError> {
  const { file } = error.place ?? {};
  if (file === undefined || !/^(?:config|kedro)\./.test(error.code)) return error;
  const text = await fs.readText(resolve(root, file)).catch(() => "");
  const conflict = conflictIn(text, file);
  if (conflict !== undefined) return changedError(error, { ...conflict, details: [] });
  if (!/^(?:config\.yaml|kedro\.(?:catalog|parameters))$/.test(error.code)) return error;
  const { code, message, hint, place } = await readFile({ fs }, { path: resolve(root, file), name: file })
    .then(() => error, (thrown) => userErrorOf(thrown));
  if (code.startsWith("kedro.") && !message.startsWith(`Cannot read "${file}": `)) return error;
  const line = code === "config.not_utf8" ? undefined : text.split("\n")[place!.line! - 1]?.trim();
  const details = line && !isHiddenFile(basename(file)) ? [cutLong(maskedText(line), LONGEST_LINE)] : [];
  return changedError(error, { message, hint, place, details });
}

const LONGEST_LINE = 120;

/**
 * Adds to an error of Kedro about the catalog or the parameters where the value is written, and the name that is
 * probably meant; other errors are returned unchanged.
 */
export async function explainConfigError(
  ctx: Pick<Context, "fs">,
  load: LoadOptions,
  error: UserError,
): Promise<UserError> {
  const [, kind] = /^kedro\.(catalog|parameters)$/.exec(error.code) ?? [];
  if (kind === undefined) return error;
  const { message } = error;
  const conf = await readConfFiles(ctx, load);
  // OmegaConf names the value in a line of its own.
  const [, key] = /\n *full_key: (\S+)/.exec(message) ?? /Catalog entry '([^']+)'/.exec(message) ?? [];
  const place = error.place ?? (key === undefined ? undefined : conf.placeOfKey(kind, key));
  const hint = hintFor(message, kind, { conf, load }) ?? error.hint;
  return changedError(error, {
    hint,
    ...(place !== undefined && {
      message: message.replace(/\n *full_key: \S+/, ""),
      place: { ...place, ...(key !== undefined && { key }) },
    }),
  });
}

function hintFor(message: string, kind: string, { conf, load: { settings } }: {
  readonly conf: ConfFiles;
  readonly load: LoadOptions;
}): string | undefined {
  const matched = (pattern: RegExp) => pattern.exec(message)?.[1];
  const global = matched(/Globals key '([^']+)' not found/);
  if (global !== undefined) {
    const meant = nearest(global, conf.keys("globals").keys());
    return meant === undefined ? `Add \`${global}\` to globals.yml` : `Did you mean "\${globals:${meant}}"?`;
  }
  const runtime = matched(/Runtime parameter '([^']+)' not found/);
  if (runtime !== undefined) {
    return `Pass it with \`--params ${
      shellWord(runtime)
    }=VALUE\`, or write \`\${runtime_params:${runtime}, DEFAULT}\``;
  }
  const key = matched(/Interpolation key '([^']+)' not found/);
  if (key !== undefined) {
    const meant = nearest(key, conf.keys(kind).keys());
    return meant === undefined ? `Add \`${key}\` to the ${kind}` : `Did you mean "\${${meant}}"?`;
  }
  const resolver = matched(/Unsupported interpolation type (\S+)/);
  if (resolver !== undefined && resolver !== "oc.env") {
    const meant = nearest(resolver, [...settings.custom_resolvers, "globals", "runtime_params"]);
    return meant === undefined
      ? `Register \`${resolver}\` in \`custom_resolvers\` of CONFIG_LOADER_ARGS in settings.py`
      : `Did you mean "\${${meant}:…}"?`;
  }
  return /^[^\n]*Duplicate keys found/.test(message) && !settings.base_env
    ? 'Add `"base_env": "base", "default_run_env": "local"` to CONFIG_LOADER_ARGS in settings.py, which replaces those of Kedro'
    : undefined;
}
