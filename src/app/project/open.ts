import { join, resolve } from "node:path";
import { chooseEnv, envWarnings } from "../../config/layers/env.ts";
import { loadConfig, type LoadedConfig } from "../../config/azureml/load.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import { DEFAULT_LOADER_SETTINGS, settingsMatter } from "../../config/layers/settings.ts";
import type { Warning } from "../../core/errors.ts";
import { openCachedReader } from "../../kedro/cache/cached_reader.ts";
import type { KedroReader } from "../../kedro/reader/open.ts";
import { findProject, type Project } from "../../kedro/project.ts";
import type { Json, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { AppContext, ProjectOptions } from "../context.ts";

/** Options of the commands that read the project. */
export interface ReadingOptions extends ProjectOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  /** A Python that reads the project instead of the embedded one. */
  readonly python?: string;
  /** A file that `inspect --json` wrote. */
  readonly snapshot?: string;
  readonly allowEnvNames?: readonly string[];
  /** Seconds. */
  readonly readTimeout?: number;
  /** False with `--no-cache`: what earlier commands read is not used, and nothing is remembered. */
  readonly cache?: boolean;
}

/** A project as the commands need it: its configuration and its pipelines. */
export interface Session {
  readonly project: Project;
  /** The Kedro environment. */
  readonly env: string;
  readonly config: LoadedConfig;
  readonly snapshot: ProjectSnapshot;
  /** With what configuration was loaded. */
  readonly load: LoadOptions;
  readonly warnings: readonly Warning[];
}

/** The folder that `-C` names, or the current one. */
export function workingFolder(ctx: AppContext, { directory }: ProjectOptions): string {
  return resolve(ctx.cwd, directory ?? "");
}

/**
 * Reads a project: its configuration, then its pipelines. Configuration takes a moment only, and no interpreter is
 * started where it is wrong, unless settings.py says how it is read.
 *
 * @throws {UserError} `project.*`, `config.*` or `kedro.*`; configuration first when both are wrong.
 */
export async function openSession(ctx: AppContext, options: ReadingOptions): Promise<Session> {
  return await withReader(ctx, options, async ({ project, env, reader, load }) => {
    const config = await loadConfig(ctx, load);
    const snapshot = await reader.snapshot();
    const envs = envWarnings(options.env, ctx.env.KEDRO_ENV, snapshot.project.settings);
    return {
      project,
      env,
      config,
      snapshot,
      load,
      warnings: [...envs, ...config.warnings, ...snapshot.warnings],
    };
  });
}

/**
 * Reads a project's configuration; its pipelines only where settings.py says how configuration is read.
 *
 * @throws {UserError} as {@linkcode openSession}.
 */
export async function openConfig(ctx: AppContext, options: ReadingOptions): Promise<LoadedConfig> {
  return await openLoadOptions(ctx, options, (load) => loadConfig(ctx, load));
}

/**
 * Calls `use` with all that loading a project's configuration needs.
 *
 * @throws {UserError} as {@linkcode openSession}.
 */
export async function openLoadOptions<T>(
  ctx: AppContext,
  options: ReadingOptions,
  use: (load: LoadOptions) => Promise<T>,
): Promise<T> {
  return await withReader(ctx, options, ({ load }) => use(load));
}

/** A project, and a reader that starts when it is first asked. */
interface Opened {
  readonly project: Project;
  readonly env: string;
  readonly reader: Pick<KedroReader, "snapshot" | "resolve">;
  readonly load: LoadOptions;
}

async function withReader<T>(
  ctx: AppContext,
  options: ReadingOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const project = await findProject(ctx, workingFolder(ctx, options));
  const env = chooseEnv(options.env, ctx.env.KEDRO_ENV);
  let opened: Promise<KedroReader> | undefined;
  const open = () => opened ??= openCachedReader(ctx, project, readerOptions(ctx, env, options));
  const reader: Opened["reader"] = {
    snapshot: async (how) => (await open()).snapshot(how),
    resolve: async (name, args) => (await open()).resolve(name, args),
  };
  try {
    const load = await loadOptions(ctx, { project, env, options, reader });
    return await use({ project, env, reader, load });
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
}

interface ConfigInput {
  readonly project: Project;
  readonly env: string;
  readonly options: ReadingOptions;
  readonly reader: Pick<KedroReader, "snapshot" | "resolve">;
}

async function loadOptions(
  ctx: AppContext,
  { project, env, options, reader }: ConfigInput,
): Promise<LoadOptions> {
  const matters = settingsMatter(await settingsText(ctx, project));
  const settings = matters
    ? (await reader.snapshot({ lenient: true })).project.settings
    : DEFAULT_LOADER_SETTINGS;
  return {
    root: project.root,
    env,
    settings,
    resolve: (name, args) => reader.resolve(name, args as readonly Json[]),
    outside: outsideFolders(ctx, options),
    ...(options.params && { runtimeParams: options.params }),
  };
}

/** Absolute paths of the folders that the command line allows. */
export function outsideFolders(
  { cwd }: Pick<AppContext, "cwd">,
  { allowOutside = [] }: Pick<ProjectOptions, "allowOutside">,
): readonly string[] {
  return allowOutside.map((folder) => resolve(cwd, folder));
}

async function settingsText(ctx: AppContext, project: Project): Promise<string> {
  const path = join(project.sourceDir, project.packageName.replaceAll(".", "/"), "settings.py");
  return await ctx.fs.stat(path) === undefined ? "" : await ctx.fs.readText(path);
}

/** How the commands' options say that a project is read. */
export function readerOptions(
  ctx: AppContext,
  env: string,
  options: ReadingOptions,
) {
  const { params, allowEnvNames, readTimeout, python, snapshot, cache = true } = options;
  return {
    env,
    cache,
    onCache: (message: string) => ctx.report({ type: "cache", message }),
    ...(python !== undefined && { python }),
    ...(snapshot !== undefined && { snapshot: resolve(ctx.cwd, snapshot) }),
    onPrint(text: string) {
      ctx.report({ type: "print", text: text.replace(/\n$/, "") });
    },
    ...(params && { runtimeParams: params as Readonly<Record<string, Json>> }),
    ...(allowEnvNames && { allowEnvNames }),
    ...(readTimeout !== undefined && { timeoutMs: readTimeout * 1000 }),
  };
}
