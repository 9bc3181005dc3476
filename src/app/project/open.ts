import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { errorToFindings, type Finding, warningToFinding } from "../../azureml/checks/finding.ts";
import { loadConfig, type LoadedConfig } from "../../config/azureml_yml.ts";
import { findMlflowFile, maskCredentials, MLFLOW_PATTERNS } from "../../config/conf_files.ts";
import {
  DEFAULT_ENV,
  DEFAULT_LOADER_SETTINGS,
  envWarnings,
  isDefaultSettings,
} from "../../config/conf_folders.ts";
import type { LoadOptions } from "../../config/load_layers.ts";
import { fillPlaceholders } from "../../config/init_placeholders.ts";
import type { Context } from "../../core/context.ts";
import {
  changedError,
  errorsOf,
  ExitCode,
  severalErrors,
  UserError,
  userErrorOf,
  type Warning,
} from "../../core/errors.ts";
import type { LoaderSettings } from "../../core/loader_settings.ts";
import { findProject, type Project, requireFile } from "../../kedro/project.ts";
import { type ProjectSource, readProjectSource } from "../../kedro/modules.ts";
import { openCachedReader } from "../../kedro/reader/cached_reader.ts";
import type { KedroReader } from "../../kedro/reader/reader.ts";
import type { Json, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import type { FoundJob } from "../../config/jobs.ts";
import { explained, keyPlace, PYPROJECT } from "./error_places.ts";

/** Messages of a command as findings, and the project's folder, to which their files are relative. */
export async function messagesToFindings(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { directory = ctx.cwd }: ProjectOptions,
  messages: readonly (UserError | Warning)[],
): Promise<{ readonly findings: readonly Finding[]; readonly root: string }> {
  const findings = messages.flatMap((message) =>
    message instanceof UserError ? errorToFindings(message) : [warningToFinding(message)]
  );
  return { findings, root: await findProject(ctx, directory).then(({ root }) => root, () => directory) };
}

export interface ReadOptions extends ProjectOptions {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** A file of a snapshot that `inspect` printed, used instead of reading the pipelines. */
  readonly snapshot?: string | undefined;
  /** Environment variables that the project's code sees (default: those that are no secrets). */
  readonly allowEnvNames?: readonly string[] | undefined;
  /** Time limit in milliseconds. */
  readonly readTimeoutMs?: number | undefined;
  /** False to neither use nor write cached snapshots. */
  readonly cache?: boolean | undefined;
  /** Whether placeholders from `init` get other values, for a run that never reaches Azure (default: with an emulator). */
  readonly fillsPlaceholders?: boolean;
}

export interface ProjectSession {
  readonly project: Project;
  readonly env: string;
  readonly config: LoadedConfig;
  readonly snapshot: ProjectSnapshot;
  readonly source: () => Promise<ProjectSource>;
  readonly load: LoadOptions;
  readonly warnings: readonly Warning[];
}

/** A project, and the jobs of azureml.yml that a command works on. */
export interface SelectedJobs {
  readonly session: ProjectSession;
  readonly jobs: ReadonlyMap<string, FoundJob>;
}

/**
 * Reads a project: first its configuration, which is fast, then its pipelines. If the configuration is invalid, no
 * interpreter is started, unless settings.py changes how configuration is read.
 *
 * @throws {UserError} `project.*`, `config.*` or `kedro.*`; configuration first if both are invalid.
 */
export async function openSession(ctx: AppContext, options: ReadOptions): Promise<ProjectSession> {
  const read = () =>
    withReader(ctx, options, async ({ project, env, reader, load }) => {
      const config = await configOf(ctx, load, options).catch(async (thrown) => {
        throw await withOtherError(ctx, { reader }, thrown);
      });
      const snapshot = await reader.snapshot().catch(async (thrown) => {
        const isOfPackage = thrown instanceof UserError && thrown.place?.file === PYPROJECT;
        throw isOfPackage
          ? changedError(thrown, { place: await keyPlace(ctx, project, "package_name") })
          : thrown;
      });
      // While the interpreter runs; later another one would have to start, also for a command that follows.
      const modules = await readProjectSource(ctx, project, reader.modules);
      const source = async () => modules;
      const envs = envWarnings(options.kedroEnv, snapshot.project.settings);
      const warnings = [...envs, ...config.warnings, ...await withOldPlace(ctx, project, snapshot.warnings)];
      return { project, env, config, snapshot, source, load, warnings };
    });
  return await whileReading(ctx, read);
}

/** Adds to the warning about an old version of Kedro where pyproject.toml says it. */
async function withOldPlace(
  ctx: Pick<Context, "fs">,
  project: Project,
  warnings: readonly Warning[],
): Promise<readonly Warning[]> {
  if (!warnings.some(({ code }) => code === "kedro.old")) return warnings;
  const place = await keyPlace(ctx, project, "kedro_init_version");
  return warnings.map((warning) => warning.code === "kedro.old" ? { place, ...warning } : warning);
}

/** Reads the modules of a project's code. @throws {UserError} `project.*`. */
export async function readSource(ctx: AppContext, options: ReadOptions): Promise<ProjectSource> {
  const project = await projectOf(ctx, options);
  const reader = await openCachedReader(
    ctx,
    project,
    readerOptions(ctx, options.kedroEnv ?? DEFAULT_ENV, options),
  );
  try {
    return await readProjectSource(ctx, project, reader.modules);
  } finally {
    await reader.close();
  }
}

/** Reports that a project is being read while `read` runs. */
export async function whileReading<T>(
  { report }: Pick<AppContext, "report">,
  read: () => Promise<T>,
): Promise<T> {
  report({ type: "reading" });
  try {
    return await read();
  } finally {
    report({ type: "read" });
  }
}

/**
 * Reads a project's configuration; its pipelines only if settings.py changes how configuration is read.
 *
 * @throws {UserError} as {@linkcode openSession}.
 */
export async function openConfig(ctx: AppContext, options: ReadOptions): Promise<LoadedConfig> {
  return await withLoadOptions(ctx, options, (load) => configOf(ctx, load, options));
}

async function configOf(ctx: AppContext, load: LoadOptions, options: ReadOptions): Promise<LoadedConfig> {
  const config = await loadConfig(ctx, load);
  const { fillsPlaceholders = Boolean(ctx.env.KEDRO_AZUREML_EMULATOR) } = options;
  return fillsPlaceholders ? fillPlaceholders(config) : config;
}

/** Calls `use` with what loading the configuration needs. @throws {UserError} as {@linkcode openSession}. */
export async function withLoadOptions<T>(
  ctx: AppContext,
  options: ReadOptions,
  use: (load: LoadOptions) => Promise<T>,
): Promise<T> {
  return await withReader(ctx, options, ({ load }) => use(load));
}

/** Adds what is wrong with the project's code or catalog to an error about its azureml.yml. */
async function withOtherError(
  ctx: AppContext,
  { reader }: Pick<Opened, "reader">,
  thrown: unknown,
): Promise<unknown> {
  if (!(thrown instanceof UserError) || !READ_ALONE.test(thrown.code)) return thrown;
  const other = await reader.snapshot().then(() => undefined, (other) => userErrorOf(other, ctx.signal));
  if (other === undefined) return thrown;
  return severalErrors([...errorsOf(thrown), ...errorsOf(other)]);
}

/** What is wrong with azureml.yml whatever the project's code is. */
const READ_ALONE = /^config\.(?:duplicate_key|interpolation|not_a_mapping|not_utf8|schema|yaml)$/;

/** A project, and a reader that starts at its first use. */
interface Opened {
  readonly project: Project;
  readonly env: string;
  readonly reader: Pick<KedroReader, "snapshot" | "resolve" | "modules">;
  readonly load: LoadOptions;
}

/** The project that a command reads, and folders that the user allows. @throws {UserError} `project.*`, `usage.*`. */
export async function projectOf(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { directory, allowOutside }: ProjectOptions,
): Promise<Project> {
  for (const path of allowOutside ?? []) {
    if (await ctx.fs.stat(path) !== undefined) continue;
    throw new UserError(`Cannot allow what is in "${path}": it does not exist`, {
      // usage.allow_outside: The path of `--allow-outside` does not exist. Correct it.
      code: "usage.allow_outside",
      exit: ExitCode.Usage,
      hint: "Correct the path of `--allow-outside`, or remove it",
    });
  }
  return { ...await findProject(ctx, directory), outside: allowOutside };
}

async function withReader<T>(
  ctx: AppContext,
  options: ReadOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const project = await projectOf(ctx, options);
  const env = options.kedroEnv ?? DEFAULT_ENV;
  let opened: Promise<KedroReader> | undefined;
  const open = () => opened ??= openCachedReader(ctx, project, readerOptions(ctx, env, options));
  const reader: Opened["reader"] = {
    snapshot: async (how) => (await open()).snapshot(how),
    resolve: async (name, args) => (await open()).resolve(name, args),
    modules: async (texts) => (await open()).modules(texts),
  };
  try {
    const text = await settingsText(ctx, project);
    const settings = isDefaultSettings(text)
      ? DEFAULT_LOADER_SETTINGS
      : (await reader.snapshot({ lenient: true })).project.settings;
    const outside = project.outside ?? [];
    const load: LoadOptions = {
      root: project.root,
      env,
      settings: await withMlflow(ctx, { root: project.root, env, settings, outside }, text),
      resolve: (name, args) => reader.resolve(name, args as readonly Json[]),
      outside,
      ...(options.params && { runtimeParams: options.params }),
    };
    return await use({ project, env, reader, load }).catch(async (thrown) => {
      if (!(thrown instanceof UserError)) throw thrown;
      throw await explained(ctx, { project, load }, thrown, options);
    });
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
}

/**
 * Registers the file pattern of mlflow.yml, as kedro-mlflow does whenever it is installed: here, if the project requires
 * it or settings.py names it, and does not disable it.
 */
async function withMlflow({ fs }: AppContext, load: LoadOptions, text: string): Promise<LoaderSettings> {
  const { root, settings } = load;
  const register = (mlflow: readonly string[]): LoaderSettings => ({
    ...settings,
    config_patterns: { ...settings.config_patterns, mlflow },
  });
  if (settings.config_patterns.mlflow !== undefined) return settings;
  if (/^DISABLE_HOOKS_FOR_PLUGINS\b[^)\]]*["']kedro_mlflow["']/m.test(text)) return register([]);
  if (await findMlflowFile({ fs }, load) === undefined) return settings;
  const isUsed = /\bkedro_mlflow\b/.test(text) || await requiresMlflow(fs, root);
  return isUsed ? register(MLFLOW_PATTERNS) : settings;
}

/** Files that list packages, whatever installs them, relative to the project. */
const REQUIREMENTS =
  /^(?:src\/)?(?:pyproject\.toml|setup\.(?:py|cfg)|Pipfile)$|(?:requirements|env|conda|docker|azure)[^/]*(?:\/[^/]+)?\.(?:txt|in|ya?ml)$/i;
const NO_REQUIREMENTS = /^(?:\..*|conf|data|tests?|docs|notebooks|node_modules|venv|env|mlruns|logs)$/;
/** The package, or the extra of the plugin that installs it; not in a comment, nor as a part of another name. */
const KEDRO_MLFLOW =
  /^[^#\n]*(?<![\w.-])(?:kedro[-_.]mlflow(?![\w-])|kedro[-_.]azureml[-_.]pipeline\[[^\]\n]*\bmlflow\b)/im;

/** Whether a file of the project names kedro-mlflow, also in an extra or a group that may not be installed. */
async function requiresMlflow(fs: AppContext["fs"], root: string): Promise<boolean> {
  const enter = (folder: string) =>
    folder === root || dirname(folder) === root && !NO_REQUIREMENTS.test(basename(folder));
  try {
    for await (const { path, kind } of fs.walk(root, enter)) {
      const isRead = kind === "file" && REQUIREMENTS.test(relative(root, path).replaceAll(sep, "/"));
      if (isRead && KEDRO_MLFLOW.test(await fs.readText(path).catch(() => ""))) return true;
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.PermissionDenied)) throw thrown;
  }
  return false;
}

async function settingsText(ctx: AppContext, project: Project): Promise<string> {
  const path = join(project.sourceDir, project.packageName.replaceAll(".", "/"), "settings.py");
  if (await ctx.fs.stat(path) === undefined) return "";
  await requireFile(ctx, path);
  return await ctx.fs.readText(path);
}

export function readerOptions(
  ctx: AppContext,
  env: string,
  options: ReadOptions,
) {
  const { params, allowEnvNames, readTimeoutMs: timeoutMs, kedroPython: python, snapshot, cache = true } =
    options;
  return {
    env,
    cache,
    onCache: (message: string) => ctx.report({ type: "cache", message }),
    onUnfiltered: () =>
      ctx.report({
        type: "cache",
        message: "The project is read without a system call filter: this machine has no seccomp",
      }),
    ...(python !== undefined && { python }),
    ...(snapshot !== undefined && { snapshot: resolve(ctx.cwd, snapshot) }),
    onPrint(text: string) {
      ctx.report({ type: "print", text: text.replace(/\n$/, "") });
    },
    maskCredentials,
    ...(params && { runtimeParams: params as Readonly<Record<string, Json>> }),
    ...(allowEnvNames && { allowEnvNames }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}
