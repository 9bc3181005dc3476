import { join } from "node:path";
import type { Context } from "../../core/context.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import type { Allowed, Folder } from "./find_files.ts";
import type { LoaderSettings } from "../../core/loader_settings.ts";
import { trimEnd } from "../../core/text/trim.ts";

/** A project and the layout of its configuration. */
export interface FolderOptions extends Allowed {
  readonly settings: LoaderSettings;
}

/** The configuration folder of an environment; for `""`, the folder that contains all environments. */
export function folderOf({ root, settings }: FolderOptions, env: string): Folder {
  const conf = trimEnd(settings.conf_source, "\\/");
  const isAbsolute = /^(?:[\\/]|[a-zA-Z]:)/.test(conf);
  const name = env === "" ? conf : `${conf}/${env}`;
  return { path: isAbsolute ? name : join(root, name), name };
}

/**
 * The folders of the base environment and of the chosen one, which may be the same.
 *
 * @throws {UserError} If one does not exist: `config.no_env`, which lists the available environments,
 *   `config.hidden_env` or `config.no_folder`.
 */
export async function requireFolders(
  ctx: Pick<Context, "fs">,
  options: FolderOptions & { env: string },
): Promise<{ readonly base: Folder; readonly run: Folder }> {
  const base = folderOf(options, options.settings.base_env ?? "");
  const run = folderOf(options, options.env);
  await requireFolder(ctx, base, options);
  if (run.path !== base.path) await requireFolder(ctx, run, options);
  return { base, run };
}

/** Checks that one of these folders exists. @throws {UserError} as {@linkcode requireFolders}. */
export async function requireFolder(
  ctx: Pick<Context, "fs">,
  folder: Folder,
  options: FolderOptions & { env: string },
): Promise<void> {
  if ((await ctx.fs.stat(folder.path))?.kind === "folder") return refuseHidden(options.env, folder);
  if (folder.name === folderOf(options, options.env).name && options.env !== options.settings.base_env) {
    const envs = await environments(ctx, options);
    throw new UserError(
      `Unknown environment "${options.env}": folder "${folder.name}" not found${
        didYouMean(options.env, envs)
      }`,
      {
        code: "config.no_env",
        hint: envs.length === 0
          ? `Create the folder "${folder.name}"`
          : `Choose one with \`-e\` (${envs.join(", ")}), or create the folder "${folder.name}"`,
        data: { environments: envs },
      },
    );
  }
  throw new UserError(`Configuration folder "${folder.name}" not found`, {
    code: "config.no_folder",
    hint: folder.name.startsWith("conf/")
      ? "Run `kedro-azureml init` to create it"
      : `Create the folder "${folder.name}", or correct CONF_SOURCE in settings.py`,
  });
}

function refuseHidden(env: string, { name }: Folder): void {
  if (!env.startsWith(".") || !name.endsWith(`/${env}`)) return;
  throw new UserError(
    `Cannot load the environment "${env}": Kedro ignores folders whose name begins with "."`,
    {
      code: "config.hidden_env",
      hint: `Rename the folder "${name}"`,
    },
  );
}

/** Names of the environments that a project has folders for, sorted. */
export async function environments(ctx: Pick<Context, "fs">, options: FolderOptions): Promise<string[]> {
  const conf = folderOf(options, "");
  if ((await ctx.fs.stat(conf.path))?.kind !== "folder") return [];
  const names: string[] = [];
  const note = (path: string) => {
    names.push(path.slice(conf.path.length + 1));
    return false;
  };
  await Array.fromAsync(ctx.fs.walk(conf.path, note));
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** The Kedro environment if none is chosen, as in the plugin. */
export const DEFAULT_ENV = "local";

/** Warns if no environment was chosen and the project's default is not `local`. */
export function envWarnings(
  chosen: string | undefined,
  settings: Pick<LoaderSettings, "default_run_env">,
): Warning[] {
  const own = settings.default_run_env;
  if (chosen || !own || own === DEFAULT_ENV) return [];
  return [{
    code: "config.default_env",
    message: `Using the environment "${DEFAULT_ENV}", but default_run_env in settings.py is "${own}"`,
    hint: `Add \`-e ${own}\` or set KEDRO_ENV to use it`,
  }];
}
