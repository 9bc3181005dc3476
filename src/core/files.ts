import { basename, dirname, join } from "node:path";
import type { Context, FileSystem, WriteOptions } from "./context.ts";
import { textHash } from "./encoding.ts";
import { ExitCode, UserError } from "./errors.ts";
import { sizeText } from "./format.ts";
import { isHiddenFile, secretFile } from "./secrets.ts";
import { isBelow, pathBelow, shellWord } from "./untrusted.ts";

/** Files that are written by hand are smaller; parsing 1 MiB of short keys takes about 4 seconds and 100 MB. */
const MOST_CONFIG_BYTES = 2 * 1024 * 1024;

/**
 * Throws if a file that is parsed as a whole is too large, so that it takes neither the memory nor minutes.
 *
 * @param name Path of the file as the user knows it.
 * @throws {UserError} `file.too_large`.
 */
export async function requireSmall(
  { fs }: { readonly fs: Pick<FileSystem, "stat"> },
  path: string,
  name: string,
  mostBytes = MOST_CONFIG_BYTES,
): Promise<void> {
  const sizeBytes = (await fs.stat(path))?.sizeBytes ?? 0;
  if (sizeBytes <= mostBytes) return;
  throw new UserError(
    `"${name}" has ${sizeText(sizeBytes)}; at most ${sizeText(mostBytes)} are read`,
    {
      code: "file.too_large",
      hint: `Split "${name}", or move data out of it`,
      place: { file: name },
    },
  );
}

/**
 * Rejects a folder, and each below it on the way to a path, in which others could replace what is kept there to run or to
 * trust.
 *
 * @throws {UserError} `file.shared`.
 */
export async function requireOwn(
  ctx: { readonly fs: Pick<FileSystem, "stat"> },
  folder: string,
  path = folder,
): Promise<void> {
  if (path !== folder) await requireOwn(ctx, folder, dirname(path));
  if ((await ctx.fs.stat(path))?.writableByOthers !== true) return;
  throw new UserError(`Other users can write to "${path}", and could replace what is kept there`, {
    // file.shared: Other users can write to the folder for cached files, so they may have put files there. Remove
    //   it, or set XDG_CACHE_HOME to a folder of yours.
    code: "file.shared",
    exit: ExitCode.Config,
    hint: `Run \`rm -r ${shellWord(path)}\` if it is yours, else set XDG_CACHE_HOME to a folder of yours`,
  });
}

/** A folder of a user's, and absolute paths of folders outside it that the user allows besides. */
export interface Allowed {
  readonly root: string;
  readonly outside?: readonly string[] | undefined;
}

/** Whether a path leads, links followed, into the folder or one that is allowed besides. */
export async function leadsInto(
  fs: Pick<FileSystem, "realPath">,
  { root, outside = [] }: Allowed,
  path: string,
): Promise<boolean> {
  const [real, ...folders] = await Promise.all(
    [path, root, ...outside].map(async (each) => await fs.realPath(each) ?? each),
  );
  return folders.some((folder) => isBelow(folder, real!));
}

/**
 * The file to which a path leads, links followed, if that is a file of secrets by its name, its place or a folder of the
 * project; relative to the project if it is in it. `undefined` for other files.
 */
export async function secretBehind(
  fs: Pick<FileSystem, "realPath">,
  root: string,
  path: string,
): Promise<string | undefined> {
  const [real, top] = await Promise.all([path, root].map(async (each) => await fs.realPath(each) ?? each));
  const shown = pathBelow(top!, real!) ?? basename(real!);
  return shown.split("/").some(isHiddenFile) || secretFile(shown) !== undefined ? shown : undefined;
}

/** Options for writing a file that only this user can read, in folders that only this user can enter. */
export const PRIVATE_FILE = { mode: 0o600, folderMode: 0o700 } as const satisfies WriteOptions;

/**
 * Returns where this program stores data for its user: the XDG base directories on Linux, `Application Support` on
 * macOS, `APPDATA` and `LOCALAPPDATA` on Windows. Relative paths in these variables and in HOME are ignored, as the
 * XDG specification requires. `undefined` if the user has no home folder.
 *
 * What commands remember of an emulator has a folder of its own: a run there must not become the last run in Azure.
 */
export function userFolders(ctx: Pick<Context, "env" | "home" | "platform">): {
  /** Data worth backing up: settings and sessions. */
  readonly config: string;
  /** State that commands keep for later ones, such as the last job of a project. */
  readonly state: string;
  /** Data that can be regenerated at any time. */
  readonly cache: string;
} | undefined {
  const { env } = ctx;
  const config = base(ctx, { linux: "XDG_CONFIG_HOME", windows: "APPDATA" }, FALLBACK.config);
  const state = base(ctx, { linux: "XDG_STATE_HOME", windows: "LOCALAPPDATA" }, FALLBACK.state);
  const cache = base(ctx, { linux: "XDG_CACHE_HOME", windows: "LOCALAPPDATA" }, FALLBACK.cache);
  if (config === undefined || state === undefined || cache === undefined) return undefined;
  return {
    config,
    state: env.KEDRO_AZUREML_EMULATOR ? join(state, "emulator") : state,
    cache,
  };
}

/** The name of a folder for what is kept of a project: the same however its path leads there. */
export async function projectHash(
  { fs }: { readonly fs: Pick<FileSystem, "realPath"> },
  root: string,
  length: number,
): Promise<string> {
  return textHash(await fs.realPath(root).catch(() => undefined) ?? root, length);
}

const FALLBACK = {
  config: { linux: ".config", darwin: "Library/Application Support", windows: "AppData/Roaming" },
  cache: { linux: ".cache", darwin: "Library/Caches", windows: "AppData/Local" },
  state: { linux: ".local/state", darwin: "Library/Application Support", windows: "AppData/Local" },
};

function base(
  { env, home, platform }: Pick<Context, "env" | "home" | "platform">,
  variables: { readonly linux: string; readonly windows: string },
  fallback: Readonly<Record<Context["platform"], string>>,
): string | undefined {
  const absolute = ABSOLUTE[platform];
  const named = platform === "darwin" ? undefined : env[variables[platform]];
  if (named !== undefined && absolute.test(named)) return join(named, "kedro-azureml");
  return home === undefined || !absolute.test(home)
    ? undefined
    : join(home, fallback[platform], "kedro-azureml");
}

const ABSOLUTE = { linux: /^\//, darwin: /^\//, windows: /^(?:[\\/]|[A-Za-z]:[\\/])/ };

/** Rejects a path of Windows on another system, where it is one odd file name. @throws {UserError} `file.windows_path`. */
export function refuseWindowsPath(path: string): void {
  const [, drive, rest] = /^([A-Za-z]):[\\](.*)/s.exec(basename(path)) ?? [];
  if (drive === undefined) return;
  throw new UserError(`"${basename(path)}" is a path of Windows`, {
    // file.windows_path: A path of Windows was given on another system. Write it as the hint says.
    code: "file.windows_path",
    hint: `In WSL, write \`/mnt/${drive.toLowerCase()}/${rest!.replaceAll("\\", "/")}\``,
  });
}
