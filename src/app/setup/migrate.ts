import { createPatch } from "diff";
import { basename, dirname, join, relative, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { yamlOf } from "../../azureml/checks/requirements.ts";
import type { ConfigNode, MapNode } from "../../config/omegaconf/node.ts";
import { yamlText } from "../../config/write_yaml.ts";
import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { ownValue } from "../../core/json.ts";
import { compareText } from "../../core/text_match.ts";
import { shellWord } from "../../core/untrusted.ts";
import { knownDatasets } from "../../kedro/known_datasets.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { refuseOverwrite, writeFile } from "../output_files.ts";

/** Ending of the file that keeps the old azureml.yml; Kedro does not load it. */
const OLD_ENDING = ".kedro-azureml";

/**
 * Converts a project from getindata's `kedro-azureml` (0.x and 1.0): each azureml.yml, whose old text is kept beside it,
 * and the dataset types in the catalog files.
 *
 * @throws {UserError} `migrate.nothing` if no azureml.yml is of that plugin; `project.*`, `file.not_written`.
 */
export async function migrateProject(
  ctx: AppContext,
  options: ProjectOptions & {
    /** Whether to write the files (default: only show what would change). */
    readonly write?: boolean | undefined;
    readonly force?: boolean | undefined;
  },
) {
  const project = await findProject(ctx, options.directory);
  const notes: MigrationNote[] = [];
  const changes: { readonly path: string; readonly before: string; readonly after: string }[] = [];
  const files = await confFiles(ctx, project);
  const pipelines = await pipelineFolders(ctx, project);
  const configs = await Promise.all(
    files.filter((name) => /^azureml.*\.ya?ml$/.test(basename(name))).map(async (path) => {
      const text = await ctx.fs.readText(join(project.root, path));
      return { path, text, root: yamlOf(text, path) };
    }),
  );
  const old = configs.flatMap(({ root, ...config }) => isOldConfig(root) ? [{ ...config, root }] : []);
  const base = old.find(({ path }) => path.startsWith("conf/base/"));
  for (const { path, text, root } of old) {
    const inherited = path.startsWith("conf/base/") ? undefined : base?.root;
    const converted = convertConfig(root, { pipelines, base: inherited });
    notes.push(...converted.notes);
    changes.push({ path: `${path}${OLD_ENDING}`, before: "", after: text });
    const after = text.includes("\r\n") ? converted.text.replaceAll("\n", "\r\n") : converted.text;
    changes.push({ path, before: text, after });
  }
  for (const path of files.filter((name) => /(?:^|\/)catalog[^/]*(?:\/.*)?\.ya?ml$/.test(name))) {
    const text = await ctx.fs.readText(join(project.root, path));
    const renamed = renameTypes(text, path);
    notes.push(...renamed.notes);
    if (renamed.text !== text) changes.push({ path, before: text, after: renamed.text });
  }
  if (changes.length === 0) throw nothing(files);
  notes.push(...await findLeftovers(ctx, project, pipelines));
  if (options.write) {
    const copies = changes.filter(({ path }) => path.endsWith(OLD_ENDING));
    for (const { path } of copies) await refuseOverwrite(ctx, join(project.root, path), options.force);
    for (const { path, after } of changes) await writeFile(ctx, join(project.root, path), after);
  }
  return {
    files: changes.map(({ path, before, after }) => ({ path, patch: patchOf(path, before, after) })),
    notes,
    written: options.write ?? false,
  };
}

/** The change of a text as `diff -u` writes it, without the header that names the files. */
function patchOf(name: string, before: string, after: string): string {
  const patch = createPatch(name, before, after, "", "", { context: 3 });
  return patch.slice(patch.indexOf("\n@@") + 1);
}

/** The configuration files, relative to the project with forward slashes, sorted. */
async function confFiles({ fs }: AppContext, { root }: Project): Promise<string[]> {
  const folder = join(root, "conf");
  if ((await fs.stat(folder))?.kind !== "folder") return [];
  const files: string[] = [];
  for await (const { path, kind } of fs.walk(folder, () => true)) {
    if (kind === "file") files.push(relative(root, path).replaceAll(sep, "/"));
  }
  return files.sort();
}

function nothing(files: readonly string[]): UserError {
  const own = files.find((name) => /^azureml.*\.ya?ml$/.test(basename(name)));
  return new UserError(
    own === undefined
      ? "The project has no azureml.yml in conf/"
      : `${own} is not of getindata's kedro-azureml: it has no key "azure"`,
    {
      // migrate.nothing: The project has no azureml.yml of getindata's plugin. Run `kedro-azureml validate`.
      code: "migrate.nothing",
      hint: own === undefined
        ? "Run `kedro-azureml init` to write one"
        : "Run `kedro-azureml validate` to check it",
    },
  );
}

/** A `type:` with its value, also in flow style. */
const TYPE = /(\btype:\s*["']?)([A-Za-z_][\w.]*\.[A-Za-z_]\w*|[A-Za-z_]\w*Data[sS]et)\b/g;

/** Renames the dataset types in a catalog file; everything else stays as it is. */
function renameTypes(
  text: string,
  file: string,
): { readonly text: string; readonly notes: readonly MigrationNote[] } {
  const notes: MigrationNote[] = [];
  const lines = text.split("\n").map((line, at) => {
    if (/^\s*#/.test(line)) return line;
    return line.replaceAll(TYPE, (all, before: string, type: string) => {
      const renamed = newType(type);
      if (renamed !== undefined) return before + renamed;
      if (/^kedro_azureml\./.test(type)) {
        notes.push({
          message: `${type} has no counterpart`,
          hint: "Use kedro_azureml_pipeline.datasets.AzureMLAssetDataset with a data asset of Azure ML",
          place: { file, line: at + 1, column: line.indexOf(type) + 1 },
        });
      }
      return all;
    });
  });
  return { text: lines.join("\n"), notes };
}

/** The new name of a type; `undefined` if it keeps its name or has no counterpart. */
function newType(type: string): string | undefined {
  const azure = /^kedro_azureml\.datasets\.(?:\w+\.)?(AzureML(?:Asset|Pipeline))Data[sS]et$/.exec(type)?.[1];
  if (azure !== undefined) return `kedro_azureml_pipeline.datasets.${azure}Dataset`;
  if (/^kedro_azureml\./.test(type)) return undefined;
  const bare = type.replace(/^(?:kedro\.)?extras\.datasets\./, "").replace(/DataSet$/, "Dataset");
  const moved = ownValue(MOVED, bare) ?? bare;
  const newest = knownDatasets().find(moved).at(-1);
  return newest === undefined || newest.until !== undefined ? undefined : moved;
}

const MOVED: Readonly<Record<string, string>> = {
  PartitionedDataset: "partitions.PartitionedDataset",
  IncrementalDataset: "partitions.IncrementalDataset",
};

const NEVER =
  /^(?:\.git|\.venv|venv|env|node_modules|site-packages|__pycache__|data|mlruns|logs|\.tox|\.cache|dist|build)$/;
const TEXT_FILE = /\.(?:py|ya?ml|sh|toml|md|cfg|txt)$|(?:^|\/)(?:Makefile|Dockerfile)$/;
const PLUGIN = /\bkedro\s+azureml\s+(.*)/;
/** A command of that plugin, which takes the Kedro environment before the command. */
const COMMAND = /^(?:(?:-e|--env)[\s=](\S+)\s+)?(run|compile|init|execute)\b(.*)/;
/** An expression of GitHub Actions, which may have blanks. */
const EXPRESSION = /\{\{[^{}]*\}\}/g;
const MOST_FILES = 5000;

/**
 * Lists what a person has to change in code: imports, and command lines. `validate` finds the rest.
 *
 * @param pipelines Names of pipelines that get a job each.
 */
export async function findLeftovers(
  { fs }: Pick<Context, "fs">,
  { root }: Project,
  pipelines: readonly string[],
): Promise<MigrationNote[]> {
  const notes: MigrationNote[] = [];
  let count = 0;
  for await (const { path, kind } of fs.walk(root, (folder) => !NEVER.test(basename(folder)))) {
    const file = relative(root, path).replaceAll(sep, "/");
    if (kind !== "file" || !TEXT_FILE.test(file) || count++ >= MOST_FILES) continue;
    notes.push(...notesIn(await fs.readText(path).catch(() => ""), file, pipelines));
  }
  return notes.sort((a, b) => compareText(a.place!.file, b.place!.file));
}

function notesIn(text: string, file: string, pipelines: readonly string[]): MigrationNote[] {
  return text.split("\n").flatMap((line, at): MigrationNote[] => {
    const place = { file, line: at + 1 };
    if (file.endsWith(".py")) {
      const module = /^\s*(?:from|import)\s+(kedro_azureml(?:\.[\w.]+)?)\b(?!_)/.exec(line)?.[1];
      return module === undefined ? [] : [{
        message: `The code imports ${module}`,
        hint: `Import ${module.replace("kedro_azureml", "kedro_azureml_pipeline")}`,
        place: { ...place, column: line.indexOf(module) + 1 },
      }];
    }
    if (/^\s*#/.test(line) || file.endsWith(".md")) return [];
    const words = line.replaceAll(EXPRESSION, (expression) => expression.replaceAll(" ", ""));
    const [, env, command, options] = COMMAND.exec(PLUGIN.exec(words)?.[1] ?? "") ?? [];
    return command === undefined ? [] : [{
      message: `The command line "kedro azureml ${command}" has other options`,
      hint: `Use \`kedro-azureml ${env === undefined ? "" : `-e ${scriptWord(env)} `}${
        newCommand(command, options!, pipelines)
      }\``,
      place: { ...place, column: line.indexOf("kedro") + 1 },
    }];
  });
}

/** The command with the options that replace the old ones; a pipeline without a job is run by its name. */
function newCommand(command: string, options: string, pipelines: readonly string[]): string {
  if (command === "init") return "init";
  const typed = /(?:-p|--pipeline)[\s=]+["']?(\S+)/.exec(options)?.[1];
  const pipeline = typed?.replace(/["'`]+$/, "") ?? "__default__";
  const job = pipeline === "__default__" && !pipelines.includes("main") ? "main" : pipeline;
  const isJob = job !== pipeline || pipelines.includes(pipeline);
  const wait = /--wait-for-completion/.test(options) ? " --wait" : "";
  return `${command === "compile" ? "compile" : "submit"} ${
    isJob ? scriptWord(job) : `-p ${scriptWord(pipeline)}`
  }${wait}`;
}

/** Quotes a word for the script that it is from, whose variables still count; other expansions do not. */
function scriptWord(text: string): string {
  const isPlain = /^(?:[\w.,:%+/-]|\$(?=\w)|\$\{\w+\}|\$\{\{[\w.]+\}\}|\$\([A-Z_]+\))+$/.test(text);
  return isPlain && !text.startsWith("-") ? text : shellWord(text);
}

/** Names of the folders below `pipelines`, for which Kedro registers pipelines. */
export async function pipelineFolders(
  { fs }: Pick<Context, "fs">,
  { sourceDir, packageName }: Project,
): Promise<string[]> {
  const folder = join(sourceDir, packageName);
  const registry = await fs.readText(join(folder, "pipeline_registry.py")).catch(() => "");
  if (!/\bfind_pipelines\(/.test(registry)) return [];
  const pipelines = join(folder, "pipelines");
  if ((await fs.stat(pipelines).catch(() => undefined))?.kind !== "folder") return [];
  const folders: string[] = [];
  for await (const { path, kind } of fs.walk(pipelines, (folder) => dirname(folder) === pipelines)) {
    if (kind === "folder" && /^[a-z]\w*$/i.test(basename(path))) folders.push(basename(path));
  }
  return folders.sort();
}

/** What `migrate` cannot change by itself. */
type MigrationNote = Omit<Warning, "code">;

function isOldConfig(node: ConfigNode | undefined): node is MapNode {
  return node?.kind === "map" && node.entries.get("azure")?.kind === "map" && !node.entries.has("workspace");
}

/** Keys below `azure` without a counterpart, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  temporary_storage:
    "steps pass data on through their outputs; the storage account and AZURE_STORAGE_ACCOUNT_KEY are not needed",
  pipeline_data_passing: "it is always on",
};
const KNOWN = new Set([
  "subscription_id",
  "resource_group",
  "workspace_name",
  "experiment_name",
  "cluster_name",
  "compute",
  "environment_name",
  "code_directory",
  "working_directory",
  ...Object.keys(WITHOUT),
]);

/**
 * Converts the azureml.yml of getindata's plugin (0.x and 1.0) to ours.
 *
 * @param options.pipelines Names of pipelines that get a job each, besides `main` for `__default__`.
 * @param options.base The file of the base environment, if this is that of another one: a top-level key that is only
 *   there counts in both.
 */
function convertConfig(
  root: MapNode,
  { pipelines, base }: { readonly pipelines: readonly string[]; readonly base: MapNode | undefined },
): { readonly text: string; readonly notes: readonly MigrationNote[] } {
  const azure = root.entries.get("azure") as MapNode;
  const docker = root.entries.get("docker") ?? base?.entries.get("docker");
  const value = (key: string) => scalarOf(azure.entries.get(key));
  const image = docker?.kind === "map" ? scalarOf(docker.entries.get("image")) : undefined;
  const experiment = value("experiment_name");
  const job = (pipeline: string) => ({
    pipeline: { pipeline_name: pipeline },
    ...(experiment !== undefined && { experiment_name: experiment }),
  });
  const config = {
    workspace: {
      __default__: {
        subscription_id: value("subscription_id") ?? "<subscription id>",
        resource_group: value("resource_group") ?? "<resource group>",
        name: value("workspace_name") ?? "<workspace>",
      },
    },
    compute: computeOf(azure),
    execution: {
      // An image wins over an environment in that plugin.
      environment: image ?? value("environment_name") ?? "<environment>@latest",
      code_directory: value("code_directory") ?? null,
      working_directory: value("working_directory") ?? null,
    },
    jobs: Object.fromEntries([["main", job("__default__")], ...pipelines.map((name) => [name, job(name)])]),
  };
  return {
    text: yamlText(config),
    notes: notesOf(root, azure, image === undefined ? undefined : docker),
  };
}

/** @param docker Where the image is, if there is one. */
function notesOf(root: MapNode, azure: MapNode, docker: ConfigNode | undefined): MigrationNote[] {
  const environment = azure.entries.get("environment_name");
  const others = [...root.entries].filter(([key]) => key !== "azure" && key !== "docker");
  return [
    ...[...azure.entries].flatMap(([key, node]): MigrationNote[] => {
      const why = ownValue(WITHOUT, String(key));
      if (why !== undefined) {
        return [{ message: `azure.${key} has no counterpart: ${why}`, place: node.keyPlace }];
      }
      return KNOWN.has(String(key)) ? [] : [{
        message: `azure.${key} is not a key of kedro-azureml, so it was left out`,
        place: node.keyPlace,
      }];
    }),
    ...others.map(([key, node]) => ({
      message: `${key} has no counterpart, so it was left out`,
      place: node.keyPlace,
    })),
    ...(docker !== undefined && scalarOf(environment) !== undefined
      ? [{
        message: `azure.environment_name was not used: docker.image${
          docker.place.file === azure.place.file ? "" : ` of ${docker.place.file}`
        } has precedence`,
        hint: "If you want the environment, set it as `execution.environment`",
        place: environment!.keyPlace,
      }]
      : []),
    ...(scalarOf(azure.entries.get("subscription_id")) === undefined
      ? [{
        message: "azure.subscription_id is missing: it was an option of `kedro azureml run`",
        hint:
          "Fill in `workspace.__default__.subscription_id`; `az account show --query id --output tsv` prints it",
        place: azure.keyPlace,
      }]
      : []),
    ...Object.entries({
      resource_group: "workspace.__default__.resource_group",
      workspace_name: "workspace.__default__.name",
      ...(isDeepStrictEqual(computeOf(azure).__default__, { cluster_name: NO_CLUSTER }) && {
        compute: "compute.__default__.cluster_name",
      }),
      ...(docker === undefined && { environment_name: "execution.environment" }),
    }).filter(([key]) => scalarOf(azure.entries.get(key)) === undefined).map(([key, filled]) => ({
      message: `azure.${key} is missing`,
      hint: `Fill in \`${filled}\``,
      place: azure.keyPlace,
    })),
  ];
}

const NO_CLUSTER = "<compute cluster>";

/** The computes; before version 0.2, there was a single `cluster_name`. */
function computeOf(azure: MapNode): Readonly<Record<string, unknown>> {
  const compute = azure.entries.get("compute");
  const cluster = scalarOf(azure.entries.get("cluster_name"));
  const entries = compute?.kind === "map" ? [...compute.entries] : [];
  const computes = entries.map(([key, node]) => [
    String(key),
    { cluster_name: node.kind === "map" ? scalarOf(node.entries.get("cluster_name")) ?? null : null },
  ]);
  const byName = Object.fromEntries(computes) as Record<string, unknown>;
  return "__default__" in byName
    ? byName
    : { __default__: { cluster_name: cluster ?? NO_CLUSTER }, ...byName };
}

/** The text of a value; `undefined` for null and for the markers of an empty template. */
function scalarOf(node: ConfigNode | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null || node.value === "") return undefined;
  return String(node.value);
}
