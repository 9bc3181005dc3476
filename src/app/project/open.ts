import { join, resolve } from "node:path";
import { DEFAULT_LOADER_SETTINGS, isDefaultSettings } from "../../config/layers/default_settings.ts";
import { findConfFile, MLFLOW_PATTERNS } from "../../config/layers/conf_files.ts";
import { DEFAULT_ENV, envWarnings } from "../../config/layers/folders.ts";
import { loadConfig, type LoadedConfig } from "../../config/azureml/load.ts";
import { fillPlaceholders } from "../../config/azureml/placeholder.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import { maskCredentials } from "../../config/layers/mask_credentials.ts";
import { readEnvironmentFiles } from "../../azureml/features/requirements/job_environment.ts";
import { PLUGIN } from "../../azureml/features/checks/runtime_versions.ts";
import type { LoaderSettings } from "../../core/loader_settings.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { openCachedReader } from "../../kedro/cache/cached_reader.ts";
import type { KedroReader } from "../../kedro/reader/reader.ts";
import { findProject, type Project, requireFile } from "../../kedro/project.ts";
import type { Json, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { AppContext, ProjectOptions } from "../context.ts";
import { explainConfigError } from "./config_error.ts";

/** Which project to read, and how. */
export interface ReadOptions extends ProjectOptions {
  /** Runtime parameters. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** A file of a snapshot that `inspect` printed, used instead of reading the pipelines. */
  readonly snapshot?: string | undefined;
  /** Environment variables that the project's code sees (default: those that are no secrets). */
  readonly allowEnvNames?: readonly string[] | undefined;
  /** Time limit in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** False to neither use nor write cached snapshots. */
  readonly cache?: boolean | undefined;
  /** Whether placeholders from `init` get other values, for a run that never reaches Azure. */
  readonly fillsPlaceholders?: boolean;
}

/** A project that was read: its configuration and its pipelines. */
export interface ProjectSession {
  readonly project: Project;
  /** Name of the Kedro environment. */
  readonly env: string;
  readonly config: LoadedConfig;
  readonly snapshot: ProjectSnapshot;
  /** The options that its configuration was loaded with. */
  readonly load: LoadOptions;
  readonly warnings: readonly Warning[];
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
      const config = await configOf(ctx, load, options);
      const snapshot = await reader.snapshot();
      const envs = envWarnings(options.kedroEnv, snapshot.project.settings);
      const warnings = [...envs, ...config.warnings, ...snapshot.warnings];
      return { project, env, config, snapshot, load, warnings };
    });
  return await whileReading(ctx, read);
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
  return options.fillsPlaceholders ? fillPlaceholders(config) : config;
}

/** Calls `use` with what loading the configuration needs. @throws {UserError} as {@linkcode openSession}. */
export async function withLoadOptions<T>(
  ctx: AppContext,
  options: ReadOptions,
  use: (load: LoadOptions) => Promise<T>,
): Promise<T> {
  return await withReader(ctx, options, ({ load }) => use(load));
}

/** A project, and a reader that starts at its first use. */
interface Opened {
  readonly project: Project;
  readonly env: string;
  readonly reader: Pick<KedroReader, "snapshot" | "resolve">;
  readonly load: LoadOptions;
}

/** The project that a command reads, and folders that the user allows. @throws {UserError} `project.*`. */
export async function projectOf(
  ctx: Pick<AppContext, "fs" | "cwd">,
  { directory, allowOutside }: ProjectOptions,
): Promise<Project> {
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
      throw thrown instanceof UserError ? await explainConfigError(ctx, load, thrown) : thrown;
    });
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
}

/**
 * Registers the file pattern of mlflow.yml, as kedro-mlflow does whenever it is installed: here, if the project requires
 * it and does not disable it.
 */
async function withMlflow({ fs }: AppContext, load: LoadOptions, text: string): Promise<LoaderSettings> {
  const { root, settings } = load;
  const register = (mlflow: readonly string[]): LoaderSettings => ({
    ...settings,
    config_patterns: { ...settings.config_patterns, mlflow },
  });
  if (settings.config_patterns.mlflow !== undefined) return settings;
  if (/^DISABLE_HOOKS_FOR_PLUGINS\b[^)\]]*["']kedro_mlflow["']/m.test(text)) return register([]);
  if (await findConfFile({ fs }, load, MLFLOW_PATTERNS) === undefined) return settings;
  const required = (await readEnvironmentFiles({ fs }, root)).of(undefined)?.requirements ?? [];
  const isUsed = required.some(({ name, extras }) =>
    name === "kedro-mlflow" || (name === PLUGIN && extras.includes("mlflow"))
  );
  return isUsed ? register(MLFLOW_PATTERNS) : settings;
}

async function settingsText(ctx: AppContext, project: Project): Promise<string> {
  const path = join(project.sourceDir, project.packageName.replaceAll(".", "/"), "settings.py");
  if (await ctx.fs.stat(path) === undefined) return "";
  await requireFile(ctx, path);
  return await ctx.fs.readText(path);
}

/** Converts a command's options to those of the reader. */
export function readerOptions(
  ctx: AppContext,
  env: string,
  options: ReadOptions,
) {
  const { params, allowEnvNames, timeoutMs, kedroPython: python, snapshot, cache = true } = options;
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
