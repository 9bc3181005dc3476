import { basename, join } from "node:path";
import type { Context } from "../core/context.ts";
import { UserError, type Warning } from "../core/errors.ts";
import { type Allowed, leadsInto } from "../core/files.ts";
import { trimEnd } from "../core/format.ts";
import type { LoaderSettings } from "../core/loader_settings.ts";
import { ANYTHING, compareText, fitsPieces, type GlobPiece, literal } from "../core/text_match.ts";
import { didYouMean, nearest } from "../core/suggest.ts";
import { isBelow, pathBelow, shellWord } from "../core/untrusted.ts";

/** Kedro's defaults, for a project whose settings.py sets nothing. */
export const DEFAULT_LOADER_SETTINGS: LoaderSettings = {
  conf_source: "conf",
  config_loader_class: "kedro.config.omegaconf_config:OmegaConfigLoader",
  base_env: "base",
  default_run_env: "local",
  config_patterns: {},
  merge_strategy: {},
  custom_resolvers: [],
};

/**
 * Whether a settings.py only contains what `kedro new` writes. Then {@linkcode DEFAULT_LOADER_SETTINGS} apply, and
 * the file need not be executed (which takes about a second).
 *
 * This does not interpret Python: apart from comments, blank lines and a docstring at the top, the file may only
 * contain the statements listed here, spelled as they are here. Any other statement makes the answer `false`.
 */
export function isDefaultSettings(text: string): boolean {
  const statements = text
    .replace(/^\ufeff/, "")
    .replace(/^\s*(?:"""[^"\\]*"""|'''[^'\\]*''')[ \t]*(?=\r?\n|$)/, "")
    .split(/\r?\n/)
    .map((line) => line.replace(/#[^]*$/, "").trimEnd())
    .filter((line) => line !== "")
    .join("\n")
    .replaceAll("'", '"');
  return DEFAULT_STATEMENTS.test(statements);
}

const DEFAULT_STATEMENTS = new RegExp(
  `^(?:(?:${
    [
      "from kedro\\.config import OmegaConfigLoader",
      "CONFIG_LOADER_CLASS ?= ?OmegaConfigLoader",
      'CONF_SOURCE ?= ?"conf"',
      'CONFIG_LOADER_ARGS ?= ?\\{\\s*"base_env": ?"base",\\s*"default_run_env": ?"local",?\\s*\\}',
    ].join("|")
  })(?:\n|$))*$`,
);

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
  ctx: Pick<Context, "fs" | "env">,
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
  ctx: Pick<Context, "fs" | "env">,
  folder: Folder,
  options: FolderOptions & { env: string },
): Promise<void> {
  if ((await ctx.fs.stat(folder.path))?.kind === "folder") return refuseHidden(options.env, folder);
  if (folder.name === folderOf(options, options.env).name && options.env !== options.settings.base_env) {
    const envs = await environments(ctx, options);
    const from = ctx.env.KEDRO_ENV === options.env ? " in KEDRO_ENV" : "";
    throw new UserError(
      `Unknown environment "${options.env}"${from}: folder "${folder.name}" not found${
        didYouMean(options.env, envs)
      }`,
      {
        // config.no_env: The environment has no folder. Choose one that exists with `-e`, or create the
        //   folder.
        code: "config.no_env",
        hint: envs.length === 0
          ? `Create the folder "${folder.name}"`
          : `Choose one with \`-e\` (${envs.join(", ")}), or create the folder "${folder.name}"`,
        data: { environments: envs },
      },
    );
  }
  const meant = nearest(basename(folder.path), await environments(ctx, options));
  throw new UserError(`Configuration folder "${folder.name}" not found`, {
    // config.no_folder: The project has no configuration folder. Create it, or correct CONF_SOURCE.
    code: "config.no_folder",
    hint: meant !== undefined
      ? `Rename ${folder.name.replace(/[^/]*$/, meant)} to ${folder.name}`
      : folder.name.startsWith("conf/")
      ? "Run `kedro-azureml init` to create it"
      : `Create the folder "${folder.name}", or correct CONF_SOURCE in settings.py`,
  });
}

function refuseHidden(env: string, { name }: Folder): void {
  if (!env.startsWith(".") || !name.endsWith(`/${env}`)) return;
  throw new UserError(
    `Cannot load the environment "${env}": Kedro ignores folders whose name begins with "."`,
    {
      // config.hidden_env: A hidden folder cannot be an environment. Use another name.
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
    // config.default_env: The default environment is used although another one is set. Pass `-e`, or set
    //   KEDRO_ENV.
    code: "config.default_env",
    message: `Using the environment "${DEFAULT_ENV}", but default_run_env in settings.py is "${own}"`,
    hint: `Add \`-e ${shellWord(own)}\` or set KEDRO_ENV to use it`,
  }];
}

/** A file or folder of the configuration, with the name that messages use for it. */
export interface Folder {
  readonly path: string;
  /** Path relative to the project. */
  readonly name: string;
}

/**
 * Finds the files of one folder that match Kedro's patterns, sorted by name and without hidden files. As for Kedro, a link
 * to a hidden file of the project is one, too.
 *
 * @param options Links and folders that lead out of the folders that it allows are rejected.
 * @throws {UserError} `config.link_outside`, `config.folder_outside`.
 */
export async function findFiles(
  ctx: Pick<Context, "fs">,
  folder: Folder,
  options: FolderOptions & { readonly patterns: readonly string[] },
): Promise<Folder[]> {
  await requireInside(ctx, folder.path, options);
  const realPath = async (path: string) => await ctx.fs.realPath(path) ?? path;
  const [conf, root] = [await realPath(folderOf(options, "").path), await realPath(options.root)];
  const folders: Folder[] = [];
  const wanted = options.patterns.map(globPieces);
  const depth = folder.path.length + 1;
  for await (const entry of ctx.fs.walk(folder.path, (path) => !isHidden(path.slice(depth)))) {
    const inside = entry.path.slice(depth).replaceAll("\\", "/");
    if (
      entry.kind === "folder" || entry.kind === "other" || isHidden(inside) ||
      !/.\.(?:yml|yaml|json)$/.test(inside)
    ) continue;
    if (!wanted.some((pattern) => fitsPieces(pattern, inside))) continue;
    if (entry.kind === "link" && !await isFile(ctx, entry.path, options)) continue;
    const real = await realPath(entry.path);
    if (isHidden(pathBelow(conf, real) ?? pathBelow(root, real) ?? "")) continue;
    folders.push({ path: entry.path, name: `${folder.name}/${inside}` });
  }
  return folders.sort((a, b) => compareText(a.name, b.name));
}

async function isFile(ctx: Pick<Context, "fs">, link: string, allowed: Allowed): Promise<boolean> {
  if ((await ctx.fs.stat(link))?.kind !== "file") return false;
  await requireInside(ctx, link, allowed);
  return true;
}

/**
 * Rejects paths outside the allowed folders: what a link brings in would end up in a job that others can read.
 *
 * @throws {UserError} `config.link_outside`, `config.folder_outside`.
 */
export async function requireInside(
  ctx: Pick<Context, "fs">,
  path: string,
  { root, outside }: Allowed,
): Promise<void> {
  if (await leadsInto(ctx.fs, { root, outside }, path)) return;
  const allow = `--allow-outside ${shellWord(await ctx.fs.realPath(path) ?? path)}`;
  if (!isBelow(root, path)) {
    throw new UserError(`Cannot read configuration from "${path}": it is outside the project`, {
      // config.folder_outside: The configuration folder is outside the project. Allow it with
      //   `--allow-outside`.
      code: "config.folder_outside",
      hint: `Correct CONF_SOURCE in settings.py, or allow the folder with \`${allow}\``,
    });
  }
  const file = path.slice(root.length + 1);
  throw new UserError(`Cannot read "${file}": the link points outside the project`, {
    // config.link_outside: A configuration file is a link to outside the project. Allow it with
    //   `--allow-outside`, or copy the file.
    code: "config.link_outside",
    hint: `Replace the link with a copy of the file, or allow it with \`${allow}\``,
    place: { file },
  });
}

function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part.startsWith("."));
}

/** Parses an `fsspec` glob: `**` matches any number of folders, `*` anything within a name. */
export function globPieces(glob: string): readonly GlobPiece[] {
  const parts = glob.split("/");
  const last = parts.length - 1;
  return parts.flatMap((part, at): readonly GlobPiece[] => {
    if (part === "**") return at < last ? [ANYTHING, "boundary"] : [ANYTHING];
    const pieces = part === "*" ? [IN_NAME, { many: isInName }] : toSegment(part);
    return at < last ? [...pieces, ...literal("/")] : pieces;
  });
}

const isInName = (character: string) => character !== "/";
const IN_NAME: GlobPiece = { one: isInName };

function toSegment(part: string): readonly GlobPiece[] {
  return part.split(/(\*+|\?|\[!?\]?[^\]]*\])/).flatMap((piece, at): readonly GlobPiece[] => {
    if (at % 2 === 0) return literal(piece);
    if (piece.startsWith("*")) return [{ many: isInName }];
    if (piece === "?") return [IN_NAME];
    const isOthers = piece.startsWith("[!");
    const inside = piece.slice(isOthers ? 2 : 1, -1).replaceAll("\\", "\\\\").replaceAll("]", "\\]");
    const characters = new RegExp(`^[${isOthers ? "^" : ""}${inside.replaceAll("^", "\\^")}]$`, "s");
    return [{ one: (character) => characters.test(character) }];
  });
}
