import { basename, join } from "node:path";
import type { Context } from "../core/context.ts";
import { errorsOf, inQuotes, type Place, placeText, UserError, type Warning } from "../core/errors.ts";
import { ownValue } from "../core/json.ts";
import { didYouMean, nearest } from "../core/suggest.ts";
import { findMlflowFile } from "./conf_files.ts";
import { type Layers, loadLayers, type LoadOptions, nodeAt } from "./load_layers.ts";
import {
  children,
  type ConfigNode,
  keyText,
  type MapNode,
  nearestNode,
  pythonText,
  type Source,
  toPlain,
} from "./omegaconf/node.ts";
import { checkSchema, NEEDS_DEFAULT, type SchemaIssue } from "./schema.ts";
import { FILL_IN, isPlaceholder } from "./init_placeholders.ts";
import type { AzureMLConfig, JobConfig } from "./schema.ts";

/** The checked configuration of a project for one Kedro environment. */
export interface LoadedConfig {
  readonly azureml: AzureMLConfig;
  /** `tracking.experiment.name` of mlflow.yml. */
  readonly experimentName: string | undefined;
  /** Where a value such as `["jobs", "main", "compute"]` is written; if it is not set, where its nearest parent is. */
  readonly place: Places;
  readonly warnings: readonly Warning[];
  /** Whether placeholders from `init` got other values. */
  readonly hasPlaceholders?: boolean;
}

/** Returns where a value of azureml.yml is written, such as that of `["jobs", "main", "compute"]`. */
export type Places = (path: readonly (string | number)[]) => Place;

/** A problem in azureml.yml for which the plugin 0.1.0 would reject the file. */
export interface ConfigProblem {
  readonly place: Place;
  /** Dotted path, such as `jobs.main.compute`. */
  readonly key: string;
  readonly problem: string;
}

/**
 * Loads and checks `azureml.yml`, and reads the experiment name from `mlflow.yml` if the project registers that file.
 *
 * @throws {UserError} `config.*`: all schema problems in one error, each with its place.
 */
export async function loadConfig(
  ctx: Pick<Context, "fs" | "env">,
  options: LoadOptions,
): Promise<LoadedConfig> {
  const layers = await loadLayers(ctx, "azureml", options);
  if (layers.files.length === 0) throw await noFilesError(ctx, layers, options);
  if ([...children(layers.values)].length === 0) {
    throw new UserError(`${inQuotes(layers.files)} is empty`, {
      code: "config.schema",
      hint: "Delete it, then run `kedro-azureml init`, which writes it",
      place: { file: layers.files[0]!, line: 1, column: 1 },
    });
  }
  const azureml = checkedConfig(layers);
  const { name, warnings } = await loadExperimentName(ctx, options, azureml);
  return {
    azureml,
    experimentName: name,
    place: (path) => ({ ...placeAt(layers, path), key: dotted(path) }),
    warnings: [...placeholderWarnings(layers.values), ...warnings],
  };
}

function placeAt({ values, files }: Layers, path: readonly (string | number)[]): Place {
  const node = nodeAt(values, path);
  return node === values ? { file: files[0]!, line: 1, column: 1 } : nearestNode(node);
}

/** One warning about all values such as `<workspace>`, which `init` writes as placeholders. */
function placeholderWarnings(values: ConfigNode): Warning[] {
  const found = placeholders(values);
  if (found.length === 0) return [];
  const [{ place }] = found as [Unchosen];
  const lines = found.map((one) =>
    one.place.file === place.file ? `${one.place.line}` : placeText(one.place)
  );
  const where = lines.length === 1 ? "" : `: placeholders on lines ${lines.join(", ")}`;
  const names = [...new Set(found.map(({ name }) => name))];
  // Made here, because the first formatter of a process takes several milliseconds.
  const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });
  return [{
    code: "config.placeholder",
    message: `No ${anyOf.format(names)} chosen yet${where}`,
    hint: FILL_IN,
    place,
  }];
}

/** A placeholder, and what it stands for. */
interface Unchosen {
  readonly name: string;
  readonly place: Place;
}

function placeholders(node: ConfigNode, path: readonly (string | number)[] = []): Unchosen[] {
  if (node.kind !== "scalar") {
    if (path[0] === "jobs") return [];
    return [...children(node)].flatMap(([key, child]) =>
      placeholders(child, [...path, node.kind === "list" ? Number(key) : String(key)])
    );
  }
  return isPlaceholder(node.value) ? [{ name: unchosenName(path), place: node.place }] : [];
}

function unchosenName(path: readonly (string | number)[]): string {
  const [section, key] = path;
  if (section === "execution" && key === "environment") return key;
  if (section !== "workspace" && section !== "compute") return dotted(path);
  return key === "__default__" ? section : `${section} "${key}"`;
}

function checkedConfig({ values, files }: Layers): AzureMLConfig {
  const checked = checkSchema(toPlain(values));
  const top: Place = { file: files[0]!, line: 1, column: 1 };
  const keys = keyProblems(values);
  const others = isIssues(checked)
    ? withoutMisspelt(checked).map((issue) => toProblem(values, issue, top))
    : crossProblems(values, checked);
  const problems = [...keys, ...others.filter((problem) => !keys.some(({ key }) => key === problem.key))];
  if (problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    // config.schema: azureml.yml has invalid keys or values. Correct the lines that the message lists.
    throw problemsError(`azureml.yml is not valid (${count})`, "config.schema", problems);
  }
  const config = checked as AzureMLConfig;
  return { ...config, jobs: withExactParams(config.jobs, values) };
}

function isIssues(checked: ReturnType<typeof checkSchema>): checked is readonly SchemaIssue[] {
  return Array.isArray(checked);
}

/** Without the keys that are missing because their names are misspelt, which is reported. */
function withoutMisspelt(issues: readonly SchemaIssue[]): readonly SchemaIssue[] {
  const meant = issues.flatMap(({ path, unknown }) =>
    unknown === undefined ? [] : [dotted([...path.slice(0, -1), nearest(unknown.key, unknown.allowed) ?? ""])]
  );
  return issues.filter(({ path, unknown }) => unknown !== undefined || !meant.includes(dotted(path)));
}

/** Restores floats such as `1.0`, which plain values lose: a step must get them as they were written. */
function withExactParams(jobs: AzureMLConfig["jobs"], values: MapNode): Record<string, JobConfig> {
  const entries = Object.entries(jobs).map(([name, job]): [string, JobConfig] => {
    if (job.params === null) return [name, job];
    const params = toPlain(nodeAt(values, ["jobs", name, "params"]), { keepFloats: true });
    return [name, { ...job, params: params as JobConfig["params"] }];
  });
  return Object.fromEntries(entries);
}

/** Top-level keys of the azureml.yml of getindata's `kedro-azureml` plugin. */
const OLD_PLUGIN_KEYS = ["azure", "docker"];
const OLD_PLUGIN =
  " of the old kedro-azureml plugin; `kedro-azureml help migrate` lists the keys that replace it";

function toProblem(values: MapNode, issue: SchemaIssue, top: Place): ConfigProblem {
  const { path, unknown } = issue;
  const node = nodeAt(values, path);
  // A value that an interpolation produced may be a secret, so it is not shown.
  const what = node.interpolated ? issue.what.replace(/^found "[\s\S]*"; /, "found text; ") : issue.what;
  const advice = unknown === undefined
    ? ""
    : path.length === 1 && OLD_PLUGIN_KEYS.includes(unknown.key)
    ? OLD_PLUGIN
    : `${didYouMean(unknown.key, unknown.allowed)}; allowed: ${unknown.allowed.join(", ")}`;
  const place = node === values
    ? top
    : unknown === undefined
    ? nearestNode(node)
    : node.keyPlace ?? node.place;
  const replaced = what === NEEDS_DEFAULT && top.file !== place.file
    ? "; it replaces that of the base folder"
    : "";
  return { place, key: dotted(path), problem: `${what}${replaced}${advice}` };
}

/** A path as one writes it, such as `jobs.main.schedule[0]`. */
export function dotted(path: readonly (string | number)[]): string {
  return path.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").replace(/^\./, "");
}

/** Reports keys that YAML 1.1 does not read as text, such as `on` and `1`, and `__proto__`; `params` may have them. */
function keyProblems(node: ConfigNode, path: readonly string[] = []): ConfigProblem[] {
  if (node.kind !== "map") {
    return node.kind === "list" ? node.items.flatMap((item) => keyProblems(item, path)) : [];
  }
  if (path[0] === "jobs" && path[2] === "params" && path.length > 3) return [];
  return [...node.entries].flatMap(([key, child]) => {
    const here = [...path, String(key)];
    // The schema drops this name.
    const isLost = key === "__proto__" && path[2] !== "params";
    if (typeof key === "string" && !isLost) return keyProblems(child, here);
    const kind = typeof key === "boolean" ? "a boolean" : "a number";
    const problem = isLost
      ? "this name is reserved; use another"
      : `YAML reads this key as ${kind}; quote it`;
    return [{ place: child.keyPlace ?? child.place, key: here.join("."), problem }];
  });
}

function crossProblems(values: MapNode, config: AzureMLConfig): ConfigProblem[] {
  return Object.entries(config.jobs).flatMap(([name, job]) => {
    if (job.notifications === null) return [];
    const path = ["jobs", name, "notifications"];
    const at = (problem: string): ConfigProblem[] => [
      { place: nearestNode(nodeAt(values, path)), key: dotted(path), problem },
    ];
    const names = Object.keys(config.notifications);
    const notification = ownValue(config.notifications, job.notifications);
    if (notification === undefined) {
      const choices = names.length === 0 ? "none is defined" : `available: ${names.join(", ")}`;
      return at(
        `unknown notification "${job.notifications}"${didYouMean(job.notifications, names)}; ${choices}`,
      );
    }
    if (job.limits === null || notification.wait_timeout < job.limits.timeout) return [];
    return at(
      `wait_timeout of "${job.notifications}" (${notification.wait_timeout} s) must be below ` +
        `the job's limits.timeout (${job.limits.timeout} s)`,
    );
  });
}

export function problemsError(message: string, code: string, problems: readonly ConfigProblem[]): UserError {
  return new UserError(message, {
    code,
    place: problems[0]!.place,
    details: problems.map(({ place, key, problem }) => `${placeText(place)} ${key}: ${problem}`),
    data: { problems },
  });
}

/** The error for a project without azureml.yml; its hint names a file with a similar name. */
export async function noFilesError(
  { fs }: Pick<Context, "fs">,
  layers: Layers,
  { root, settings }: LoadOptions,
): Promise<UserError> {
  const names: string[] = [];
  for (const folder of [...layers.folders, settings.conf_source, "."]) {
    for await (const { path } of fs.walk(join(root, folder), () => false)) {
      names.push(join(folder, basename(path)).replaceAll("\\", "/"));
    }
  }
  const misspelled = names.find((name) => nearest("azureml.yml", [basename(name)]) !== undefined);
  return new UserError(
    `No azureml.yml found: no file in ${inQuotes(layers.folders, " and ")} matches ${
      layers.patterns.join(", ")
    }`,
    {
      // config.no_azureml: The project has no azureml.yml. Run `kedro-azureml init`.
      code: "config.no_azureml",
      hint: misspelled !== undefined
        ? `Rename ${misspelled} to ${layers.folders[0]}/azureml.yml`
        : `Run \`kedro-azureml init\` to write ${settings.conf_source}/${settings.base_env ?? ""}/azureml.yml`
          .replace("//", "/"),
      data: { folders: layers.folders, patterns: layers.patterns },
    },
  );
}

/** A resolver that kedro-mlflow registers; which name it gives does not matter to a job. */
const RANDOM_NAME = "km.random_name";

/** The plugin reads mlflow.yml only if settings.py or kedro-mlflow registers a pattern for it. */
async function loadExperimentName(
  ctx: Pick<Context, "fs" | "env">,
  options: LoadOptions,
  { jobs }: AzureMLConfig,
): Promise<{ name: string | undefined; warnings: readonly Warning[] }> {
  const { settings, resolve } = options;
  const loader = OLD_LOADER.exec(settings.config_loader_class)?.[0];
  if (settings.config_patterns.mlflow === undefined || loader !== undefined) {
    const isWanted = Object.values(jobs).some(({ experiment_name: own }) => !own);
    const file = isWanted ? await findMlflowFile(ctx, options) : undefined;
    return { name: undefined, warnings: file === undefined ? [] : [unreadWarning(file, loader)] };
  }
  let layers: Layers;
  try {
    layers = await loadLayers(ctx, "mlflow", {
      ...options,
      settings: { ...settings, custom_resolvers: [...settings.custom_resolvers, RANDOM_NAME] },
      resolve: async (name, args) => name === RANDOM_NAME ? "random-name" : await resolve?.(name, args),
    });
  } catch (thrown) {
    if (!(thrown instanceof UserError) || !/^config\.(?:interpolation|yaml)$/.test(thrown.code)) throw thrown;
    // A warning that stops jobs: an error would hide the problems of azureml.yml.
    const warnings = errorsOf(thrown).map(({ code, message, hint, place }) => ({
      code,
      message,
      hint,
      place,
    }));
    return { name: undefined, warnings };
  }
  const { values, files } = layers;
  const path = ["tracking", "experiment", "name"];
  const node = path.reduce<ConfigNode | undefined>(
    (at, key) => at?.kind === "map" ? at.entries.get(key) : undefined,
    values,
  );
  const name = node?.kind === "scalar" && node.value ? pythonText(node) : undefined;
  if (name !== undefined || files.length === 0) return { name, warnings: [] };
  const warning: Warning = {
    // config.no_experiment: No experiment name is set. Set `experiment_name` of the job.
    code: "config.no_experiment",
    message: "mlflow.yml has no tracking.experiment.name",
    place: nearestNode(nodeAt(values, path)),
  };
  return { name: undefined, warnings: [warning] };
}

/** Loaders of Kedro 0.18, which resolve `${name}` by rules of their own. */
const OLD_LOADER = /\b(?:Templated)?ConfigLoader$/;

function unreadWarning(file: string, loader: string | undefined): Warning {
  const [why, toRead] = loader === undefined
    ? ["the project does not require kedro-mlflow", "Add `kedro-mlflow` to requirements.txt"]
    : [`settings.py uses ${loader} of Kedro 0.18`, "Use OmegaConfigLoader"];
  return {
    code: "config.no_experiment",
    message: `${file} is not read, because ${why}`,
    hint: `${toRead}, or set \`experiment_name\` of the jobs in azureml.yml`,
    place: { file, line: 1, column: 1 },
  };
}

export interface Origin {
  /** Dotted path, such as `jobs.main.compute`. */
  readonly key: string;
  readonly value: unknown;
  readonly place: Place;
  /** Places of the values that this one overrides, nearest first. */
  readonly overrides: readonly Place[];
  /** Whether the value comes from an interpolation; it may then be a secret. */
  readonly interpolated: boolean;
  /** The values that the interpolation referred to, such as one in globals.yml. */
  readonly sources: readonly Source[];
}

/** Lists every value of the merged layers with its origin, in the order of the files. */
export function originsOf({ values }: Pick<Layers, "values">): readonly Origin[] {
  return [...children(values)].flatMap(([key, node]) => origins(node, keyText(key), []));
}

/** Lists the values at and below a node. A node that overrides a whole mapping overrides every value in it. */
function origins(node: ConfigNode, key: string, above: readonly Place[]): Origin[] {
  const overrides = [...node.overrides ?? [], ...above];
  const below = node.kind === "scalar" ? [] : [...children(node)];
  if (node.kind === "scalar" || below.length === 0) {
    const { interpolated = false, sources = [] } = node;
    return [{ key, value: toPlain(node), place: nearestNode(node), overrides, interpolated, sources }];
  }
  return below.flatMap(([name, child]) => {
    const path = node.kind === "list" ? `${key}[${name}]` : `${key}.${keyText(name)}`;
    return origins(child, path, overrides);
  });
}
