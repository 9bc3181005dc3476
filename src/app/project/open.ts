import { join, resolve } from "node:path";
import { chooseEnv, envWarnings } from "../../config/layers/env.ts";
import { loadConfig, type LoadedConfig } from "../../config/azureml/load.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import { maskCredentials } from "../../config/layers/mask_credentials.ts";
import { DEFAULT_LOADER_SETTINGS, isDefaultSettings } from "../../config/layers/settings.ts";
import type { Context } from "../../core/context.ts";
import type { Warning } from "../../core/errors.ts";
import { type KedroReader, openReader } from "../../kedro/reader/open.ts";
import { findProject, type Project, requireFile } from "../../kedro/project.ts";
import type { Json, ProjectSnapshot } from "../../kedro/snapshot.ts";
import type { Globals } from "../../cli/command/globals.ts";
import { openProgress } from "../../cli/terminal/progress.ts";

/** Options of the commands that read the project. */
export interface ReadingOptions extends Globals {
  readonly params?: Readonly<Record<string, unknown>>;
  /** A Python that reads the project instead of the embedded one. */
  readonly python?: string;
  /** A file that `inspect --json` wrote. */
  readonly snapshot?: string;
  readonly allowEnvNames?: readonly string[];
  /** Seconds. */
  readonly readTimeout?: number;
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
export function workingFolder(ctx: Context, { directory }: Globals): string {
  return resolve(ctx.cwd, directory ?? "");
}

/**
 * Reads a project: its configuration, then its pipelines. Configuration takes a moment only, and no interpreter is
 * started where it is wrong, unless settings.py says how it is read.
 *
 * @throws {UserError} `project.*`, `config.*` or `kedro.*`; configuration first when both are wrong.
 */
export async function openSession(ctx: Context, options: ReadingOptions): Promise<Session> {
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
export async function openConfig(ctx: Context, options: ReadingOptions): Promise<LoadedConfig> {
  return await openLoadOptions(ctx, options, (load) => loadConfig(ctx, load));
}

/**
 * Calls `use` with all that loading a project's configuration needs.
 *
 * @throws {UserError} as {@linkcode openSession}.
 */
export async function openLoadOptions<T>(
  ctx: Context,
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
  ctx: Context,
  options: ReadingOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const project = await findProject(ctx, workingFolder(ctx, options));
  const env = chooseEnv(options.env, ctx.env.KEDRO_ENV);
  let opened: Promise<KedroReader> | undefined;
  const open = () => opened ??= openReader(ctx, project, readerOptions(ctx, env, options));
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
  ctx: Context,
  { project, env, options, reader }: ConfigInput,
): Promise<LoadOptions> {
  const settings = isDefaultSettings(await settingsText(ctx, project))
    ? DEFAULT_LOADER_SETTINGS
    : (await reader.snapshot({ lenient: true })).project.settings;
  return {
    root: project.root,
    env,
    settings,
    resolve: (name, args) => reader.resolve(name, args as readonly Json[]),
    ...(options.params && { runtimeParams: options.params }),
  };
}

async function settingsText(ctx: Context, project: Project): Promise<string> {
  const path = join(project.sourceDir, project.packageName.replaceAll(".", "/"), "settings.py");
  if (await ctx.fs.stat(path) === undefined) return "";
  await requireFile(ctx, path);
  return await ctx.fs.readText(path);
}

/** How the commands' options say that a project is read. */
export function readerOptions(
  ctx: Context,
  env: string,
  options: ReadingOptions,
) {
  const { params, allowEnvNames, readTimeout, python, snapshot } = options;
  const progress = openProgress(ctx, options);
  return {
    env,
    ...(python !== undefined && { python }),
    ...(snapshot !== undefined && { snapshot: resolve(ctx.cwd, snapshot) }),
    onPrint(text: string) {
      const line = text.replace(/\n$/, "");
      progress.say(line, { type: "print", text: line });
    },
    maskCredentials,
    ...(params && { runtimeParams: params as Readonly<Record<string, Json>> }),
    ...(allowEnvNames && { allowEnvNames }),
    ...(readTimeout !== undefined && { timeoutMs: readTimeout * 1000 }),
  };
}
