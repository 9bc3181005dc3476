import { dirname, join, relative } from "node:path";
import { readIgnoreText } from "../../azureml/job/code/ignore_file.ts";
import { ENVIRONMENT_FILE, environmentLine } from "../../azureml/service/refusals/az_commands.ts";
import { azuremlJsonSchema } from "../../config/azureml/json_schema.ts";
import { DEFAULT_LOADER_SETTINGS } from "../../config/layers/default_settings.ts";
import { requireInside } from "../../config/layers/find_files.ts";
import { DEFAULT_ENV, folderOf } from "../../config/layers/folders.ts";
import { UserError, userErrorOf, type Warning } from "../../core/errors.ts";
import { isBelow } from "../../core/path_names.ts";
import { once } from "../../core/async.ts";
import { findProject } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { withLoadOptions } from "../project/open.ts";
import { shownPath, writeFile } from "../project/output_files.ts";
import { type AskedOptions, askForOptions } from "./ask.ts";
import { type CiPlace, readCiValues, readConfigured } from "./ci_values.ts";
import { environmentFiles } from "./environment.ts";
import {
  amlignore,
  azuremlYml,
  fillIn,
  type InitValues,
  openValues,
  SCHEMA_FILE,
  VALUES,
  workspaceOf,
} from "./templates.ts";
import { vscodeFiles } from "./vscode.ts";
import { CI_PATHS, ciPath, ciSetUp, type CiSystem, ciWorkflow, type SetUpLine } from "./workflows.ts";

/** Options of `init`. */
export interface InitOptions extends AskedOptions {
  /** Branch whose pushes submit (default: the current branch, else `main`). */
  readonly branch?: string;
  /** Whether to replace generated files (workflow, environment, schema); azureml.yml and .amlignore are always kept. */
  readonly overwrite?: boolean;
}

/** What `init` did; paths are relative to the current folder. */
export interface InitResult {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** azureml.yml, if it was written or has placeholders, and whether it has none. */
  readonly config: { readonly path: string; readonly isComplete: boolean } | undefined;
  /** The command that creates the environment, if its files were requested. */
  readonly createEnvironment: string | undefined;
  /** Commands to run once in Azure so that the CI workflow can sign in. */
  readonly setUp: readonly SetUpLine[] | undefined;
  /** Values that were given but not used, and the file that has others. */
  readonly unused: { readonly path: string; readonly values: readonly (keyof InitValues)[] };
  readonly warnings: readonly Warning[];
}

/** @internal A file to write. */
interface InitFile {
  readonly path: string;
  readonly text: string;
  /** Whether it may be replaced. */
  readonly isReplaceable: boolean;
  /** Whether it is the existing file with its placeholders filled in. */
  readonly isFilledIn?: boolean;
}

/**
 * Adds `conf/base/azureml.yml` (or that of the chosen environment), `.amlignore`, a schema for editors, and the folder
 * `conf/local`, without which Kedro reads nothing, to a project. `conf` is the folder that settings.py names. Existing
 * files are kept, except that placeholders in azureml.yml are filled in.
 *
 * @throws {UserError} `project.*` outside a project, `init.no_folder` for an environment without a folder,
 *   `file.not_written`.
 */
export async function initProject(
  ctx: AppContext,
  place: ProjectOptions,
  typed: InitOptions,
): Promise<InitResult> {
  const project = await findProject(ctx, place.directory);
  const conf = await confFolders(ctx, project.root, place);
  await requireEnv(ctx, conf.written, place.env);
  const configPath = join(conf.written, "azureml.yml");
  const schema = relative(dirname(configPath), join(project.root, SCHEMA_FILE)).replaceAll("\\", "/");
  const before = (await ctx.fs.stat(configPath)) && await ctx.fs.readText(configPath);
  const open = openValues(before ?? azuremlYml({}, conf.name, schema));
  const configured = before === undefined ? {} : await readConfigured(ctx, place);
  const options = open.length > 0 ? await askForOptions(ctx, { ...configured, ...typed }, open) : typed;
  const environment = options.newEnvironment ? await environmentFiles(ctx, project) : undefined;
  const values = environment === undefined
    ? options
    : { ...options, environment: `${environment.name}@latest` };
  const ciPlace = once(async () =>
    readCiValues(ctx, project, { ...await readConfigured(ctx, place), ...options })
  );
  const ci = options.ci === undefined || options.ci === "none"
    ? undefined
    : await ciOf(ctx, await ciPlace(), options.ci);
  const file = (path: string, text: string, isReplaceable = false): InitFile => ({
    path: join(project.root, path),
    text,
    isReplaceable,
  });
  // As git, follows no link: its target may be a secret.
  const [root, gitignore] = await Promise.all(
    [project.root, join(project.root, ".gitignore")].map((path) => ctx.fs.realPath(path)),
  );
  const isLink = gitignore !== undefined && gitignore !== join(root!, ".gitignore");
  const text = before === undefined ? azuremlYml(values, conf.name, schema) : fillIn(before, values);
  const files = [
    { path: configPath, text, isReplaceable: false, isFilledIn: before !== undefined && text !== before },
    ...(await ctx.fs.stat(conf.local) === undefined
      ? [{ path: join(conf.local, ".gitkeep"), text: "", isReplaceable: false }]
      : []),
    file(
      ".amlignore",
      amlignore(isLink ? "" : await readIgnoreText(ctx.fs, project.root, ".gitignore") ?? "", {
        conf: conf.name,
        needed: [configPath, join(conf.local, ".gitkeep")].map((path) =>
          relative(project.root, path).replaceAll("\\", "/")
        ),
      }),
    ),
    file(SCHEMA_FILE, `${JSON.stringify(azuremlJsonSchema(), null, 2)}\n`, true),
    ...Object.entries(environment?.files ?? {}).map(([path, text]) => file(path, text, true)),
    ...(ci === undefined ? [] : [{ ...ci.file, isReplaceable: true }]),
    ...Object.entries(options.vscode ? vscodeFiles(conf.name) : {}).map(([path, text]) => file(path, text)),
  ];
  const [written, kept] = await writeAll(ctx, files, options.overwrite === true);
  const config = shownPath(ctx, configPath);
  return {
    written,
    kept,
    config: written.includes(config) || openValues(text).length > 0
      ? { path: config, isComplete: openValues(text).length === 0 }
      : undefined,
    createEnvironment: environment &&
      environmentLine(workspaceOf((await ciPlace()).values), {
        file: shownPath(ctx, join(project.root, ENVIRONMENT_FILE)),
      }),
    setUp: ci?.setUp,
    unused: {
      path: config,
      values: VALUES.filter((key) => typed[key] !== undefined && !open.includes(key)),
    },
    warnings: [
      ...(environment?.skipped ?? []).map(skippedWarning),
      ...(options.vscode
        ? kept.filter((path) => path.endsWith("tasks.json") || path.endsWith("settings.json")).map(
          keptVscodeWarning,
        )
        : []),
    ],
  };
}

async function writeAll(
  ctx: AppContext,
  files: readonly InitFile[],
  overwrite: boolean,
): Promise<readonly [written: string[], kept: string[]]> {
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { path, text, isReplaceable, isFilledIn } of files) {
    const isKept = !isFilledIn && !(overwrite && isReplaceable) && await ctx.fs.stat(path) !== undefined;
    if (!isKept) await writeFile(ctx, path, text);
    (isKept ? kept : written).push(shownPath(ctx, path));
  }
  return [written, kept];
}

/** The workflow of a CI system, for the checkout that contains the project. */
async function ciOf(ctx: AppContext, { top, values }: CiPlace, system: CiSystem) {
  const usual = join(top, CI_PATHS[system]);
  const before = await ctx.fs.stat(usual) === undefined ? "" : await ctx.fs.readText(usual);
  const file = { path: join(top, ciPath(system, values, before)), text: ciWorkflow(system, values) };
  return { file, setUp: ciSetUp(system, values) };
}

/** Where Kedro reads configuration: `conf`, unless settings.py can be read and names another folder. */
async function confFolders(ctx: AppContext, root: string, place: ProjectOptions) {
  const load = await withLoadOptions(ctx, place, (load) => Promise.resolve(load)).catch((thrown) => {
    userErrorOf(thrown);
    return { root, settings: DEFAULT_LOADER_SETTINGS };
  });
  const { path } = folderOf(load, "");
  await requireInside(ctx, path, load);
  const name = isBelow(root, path) ? relative(root, path).replaceAll("\\", "/") : "conf";
  const written = folderOf(load, place.env ?? load.settings.base_env ?? "").path;
  return { name, written, local: folderOf(load, DEFAULT_ENV).path };
}

/** Refuses an environment without a folder. Only conf/base is created: a folder for a mistyped name would go unnoticed. */
async function requireEnv(ctx: AppContext, path: string, env: string | undefined): Promise<void> {
  if (env === undefined || env === "base" || (await ctx.fs.stat(path))?.kind === "folder") return;
  const folder = shownPath(ctx, path);
  throw new UserError(`Kedro environment "${env}" has no folder "${folder}"`, {
    code: "init.no_folder",
    hint: `Run \`mkdir ${folder}\`, or omit \`-e\` to write ${join(dirname(folder), "base/azureml.yml")}`,
  });
}

function keptVscodeWarning(path: string): Warning {
  return {
    code: "init.not_applied",
    message: `${path} already exists and was left unchanged`,
    hint: "Add what `kedro-azureml help recipes` lists for VS Code",
  };
}

function skippedWarning(requirement: string): Warning {
  return {
    code: "init.requirement",
    message:
      `Requirement "${requirement}" was left out of environment/conda.yml: it refers to a local file or is an option of pip`,
    hint: "Add the package to environment/conda.yml if steps need it",
  };
}
