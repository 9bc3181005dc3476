import { join } from "node:path";
import { ENVIRONMENT_FILE, environmentLine } from "../../azureml/service/refusals/create_lines.ts";
import { azuremlJsonSchema } from "../../config/azureml/json_schema.ts";
import { ExitCode, UserError, type Warning } from "../../core/errors.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { workingFolder } from "../project/open.ts";
import { shownPath, writeFile } from "../project/output_files.ts";
import { askForOptions } from "./ask.ts";
import { readCiValues } from "./ci_values.ts";
import { environmentFiles } from "./environment.ts";
import { AMLIGNORE, azuremlYml, type InitValues, SCHEMA_FILE } from "./templates.ts";
import { CI_PATHS, ciSetUp, type CiSystem, ciWorkflow, type SetUpLine } from "./workflows.ts";

/** Options of `init`. */
export interface InitOptions extends ProjectOptions, InitValues {
  /** Whether to write the files of an Azure ML environment, which azureml.yml then uses. */
  readonly newEnvironment?: boolean;
  /** CI system to write a workflow for. */
  readonly ci?: CiSystem;
  /** Branch whose pushes submit (default: the current branch, else `main`). */
  readonly branch?: string;
  /** Whether to replace generated files (workflow, environment, schema); azureml.yml and .amlignore are always kept. */
  readonly overwrite?: boolean;
}

/** What `init` did; paths are relative to the current folder. */
export interface InitResult {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** azureml.yml, if it was written, and whether it has no placeholders. */
  readonly config: { readonly path: string; readonly isComplete: boolean } | undefined;
  /** The command that creates the environment, if its files were requested. */
  readonly createEnvironment: string | undefined;
  /** Commands to run once in Azure so that the CI workflow can sign in. */
  readonly setUp: readonly SetUpLine[] | undefined;
  readonly warnings: readonly Warning[];
}

/** @internal A file to write. */
interface InitFile {
  readonly path: string;
  readonly text: string;
  /** Whether `--overwrite` replaces it. */
  readonly isReplaceable: boolean;
}

/**
 * Adds `conf/base/azureml.yml` (or that of the environment chosen with `-e`), `.amlignore`, and a schema for editors
 * to a project. Existing files are kept.
 *
 * @throws {UserError} `project.*` outside a project, `init.no_folder` for an environment without a folder,
 *   `file.not_written`.
 */
export async function initProject(ctx: AppContext, given: InitOptions): Promise<InitResult> {
  const project = await findProject(ctx, workingFolder(ctx, given));
  await requireEnv(ctx, project.root, given.env);
  const isNewConfig =
    await ctx.fs.stat(join(project.root, "conf", given.env ?? "base", "azureml.yml")) === undefined;
  const options = isNewConfig ? await askForOptions(ctx, given) : given;
  const environment = options.newEnvironment ? await environmentFiles(ctx, project) : undefined;
  const values = environment === undefined
    ? options
    : { ...options, environment: `${environment.name}@latest` };
  const ci = options.ci === undefined ? undefined : await ciOf(ctx, project, options.ci, options);
  const file = (path: string, text: string, isReplaceable = false): InitFile => ({
    path: join(project.root, path),
    text,
    isReplaceable,
  });
  const configFile = file(join("conf", options.env ?? "base", "azureml.yml"), azuremlYml(values));
  const files = [
    configFile,
    file(".amlignore", AMLIGNORE),
    file(SCHEMA_FILE, `${JSON.stringify(azuremlJsonSchema(), null, 2)}\n`, true),
    ...Object.entries(environment?.files ?? {}).map(([path, text]) => file(path, text, true)),
    ...(ci === undefined ? [] : [{ ...ci.file, isReplaceable: true }]),
  ];
  const [written, kept] = await writeAll(ctx, files, options.overwrite === true);
  const config = shownPath(ctx, configFile.path);
  const isNew = written.includes(config);
  const flags = givenValues(given);
  return {
    written,
    kept,
    config: isNew ? { path: config, isComplete: missingValues(values).length === 0 } : undefined,
    createEnvironment: environment &&
      environmentLine(await workspaceOf(ctx, options), {
        file: shownPath(ctx, join(project.root, ENVIRONMENT_FILE)),
      }),
    setUp: ci?.setUp,
    warnings: [
      ...(isNew || flags.length === 0 ? [] : [keptWarning(config, flags)]),
      ...(environment?.skipped ?? []).map(skippedWarning),
    ],
  };
}

async function writeAll(
  ctx: AppContext,
  files: readonly InitFile[],
  overwrite: boolean,
): Promise<readonly [written: string[], kept: string[]]> {
  const [written, kept]: [string[], string[]] = [[], []];
  for (const { path, text, isReplaceable } of files) {
    const isKept = !(overwrite && isReplaceable) && await ctx.fs.stat(path) !== undefined;
    if (!isKept) await writeFile(ctx, path, text);
    (isKept ? kept : written).push(shownPath(ctx, path));
  }
  return [written, kept];
}

/** The workflow of a CI system, for the checkout that contains the project. */
async function ciOf(ctx: AppContext, project: Project, system: CiSystem, options: InitOptions) {
  const { top, values } = await readCiValues(ctx, project, options);
  const file = { path: join(top, CI_PATHS[system]), text: ciWorkflow(system, values) };
  return { file, setUp: ciSetUp(system, values) };
}

/** The workspace from the options or azureml.yml, with placeholders for missing values. */
async function workspaceOf(ctx: AppContext, options: InitOptions) {
  const { values } = await readCiValues(ctx, await findProject(ctx, workingFolder(ctx, options)), options);
  return {
    name: values.workspace ?? "<workspace>",
    resource_group: values.resourceGroup ?? "<resource group>",
    subscription_id: values.subscriptionId ?? "<subscription id>",
  };
}

/** Refuses an environment without a folder. Only conf/base is created: a folder for a mistyped name would go unnoticed. */
async function requireEnv(ctx: AppContext, root: string, env: string | undefined): Promise<void> {
  const path = join(root, "conf", env ?? "base");
  if (env === undefined || env === "base" || (await ctx.fs.stat(path))?.kind === "folder") return;
  throw new UserError(`Kedro environment "${env}" has no folder "${shownPath(ctx, path)}"`, {
    code: "init.no_folder",
    exit: ExitCode.Config,
    hint: `Run \`mkdir ${shownPath(ctx, path)}\`, or omit \`-e\` to write conf/base/azureml.yml`,
  });
}

const VALUE_OPTIONS = {
  subscriptionId: "--subscription-id",
  resourceGroup: "--resource-group",
  workspace: "--workspace-name",
  compute: "--compute",
  environment: "--environment",
} as const;

function givenValues(options: InitValues): readonly string[] {
  return Object.entries(VALUE_OPTIONS).flatMap(([key, flag]) =>
    options[key as keyof InitValues] === undefined ? [] : [flag]
  );
}

function missingValues(options: InitValues): readonly string[] {
  return Object.keys(VALUE_OPTIONS).filter((key) => options[key as keyof InitValues] === undefined);
}

function keptWarning(path: string, flags: readonly string[]): Warning {
  return {
    code: "init.not_applied",
    message: `${path} already exists and was left unchanged; ${flags.join(", ")} had no effect`,
    hint: `Edit ${path}`,
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
