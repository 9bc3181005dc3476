import { Buffer } from "node:buffer";
import { basename, dirname, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { contentHash } from "../../core/encoding.ts";
import { PRIVATE_FILE, projectHash, userFolders } from "../../core/files.ts";

type StoreContext = Pick<Context, "env" | "home" | "platform" | "fs" | "clock">;

/** Limits on the bytes and files of all cached readings together; the oldest are removed first. */
const MOST_BYTES = 128 * 1024 * 1024;
const MOST_FILES = 200;
/** Size limit of one cache file, in bytes; larger files are neither written nor read. */
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;
/** Age in milliseconds after which temporary files of killed commands are removed. */
const MOST_TEMPORARY_MS = 60 * 60 * 1000;

/** Characters of a key or hash that name a file or folder. */
const NAME_LENGTH = 24;
/** Names of project folders, of cached readings, and of readings that are still being written. */
const FOLDER_NAME = /^[0-9a-f]{24}$/;
const FILE_NAME = /^[0-9a-f]{24}\.json$/;
const TEMPORARY_NAME = /^[0-9a-f]{24}\.json\.[0-9a-f]{8}\.tmp$/;

/** Cached readings of one project. Errors are ignored: a broken cache must not stop a command. */
export type Store = NonNullable<Awaited<ReturnType<typeof openStore>>>;

/** The folder of one project's cached readings; `undefined` if the user has no home folder. */
async function projectFolder(ctx: StoreContext, root: string): Promise<string | undefined> {
  const cache = userFolders(ctx)?.cache;
  if (cache === undefined) return undefined;
  return join(cache, "snapshots", await projectHash(ctx, root, NAME_LENGTH));
}

/** Whether the cache has a folder for this project, so that an interpreter may not be needed; never throws. */
export async function wasReadBefore(ctx: StoreContext, root: string): Promise<boolean> {
  const folder = await projectFolder(ctx, root);
  return folder !== undefined && (await ctx.fs.stat(folder).catch(() => undefined))?.kind === "folder";
}

/**
 * Opens the cache of the project at `root`; `undefined` if the user has no home folder.
 *
 * @param onRefused Called with the reason if existing readings cannot be used.
 */
export async function openStore(
  ctx: StoreContext,
  root: string,
  onRefused: (message: string) => void = () => {},
) {
  const folder = await projectFolder(ctx, root);
  if (folder === undefined) return undefined;
  const all = dirname(folder);
  const fileOf = (key: string) => join(folder, `${key.slice(0, NAME_LENGTH)}.json`);
  const isOpen = async (path: string) => {
    const isOthers = (await ctx.fs.stat(path))?.writableByOthers === true;
    if (isOthers) onRefused(`Earlier readings are not used: other users can write to "${path}"`);
    return isOthers;
  };
  return {
    /** The text of an entry; `undefined` if it is missing, damaged or writable by other users. */
    async read(key: string) {
      try {
        const path = fileOf(key);
        const stat = await ctx.fs.stat(path);
        if (stat?.kind !== "file" || stat.sizeBytes > MOST_ENTRY_BYTES) return undefined;
        if (await isOpen(all) || await isOpen(folder) || await isOpen(path)) return undefined;
        return await unsealed(await ctx.fs.readText(path));
      } catch {
        return undefined;
      }
    },
    async write(key: string, text: string) {
      try {
        if (Buffer.byteLength(text) > MOST_ENTRY_BYTES - SEAL_LENGTH) return;
        if (await isOpen(all) || await isOpen(folder)) return;
        await ctx.fs.writeText(fileOf(key), await sealed(text), PRIVATE_FILE);
        await prune(ctx, all);
      } catch {
        // The cache is optional: failing to write it must not stop the command.
      }
    },
  };
}

/** Characters in a seal: the SHA-256 in hexadecimal and a line feed. */
const SEAL_LENGTH = 65;

/** Prefixes the text with its SHA-256 on a line of its own, so that truncated or damaged files are detected. */
async function sealed(text: string): Promise<string> {
  return `${await contentHash(text)}\n${text}`;
}

async function unsealed(content: string): Promise<string | undefined> {
  const text = content.slice(SEAL_LENGTH);
  return await sealed(text) === content ? text : undefined;
}

/** Removes the oldest readings until the limits are met, and leftover temporary files; touches no other files. */
async function prune({ fs, clock }: StoreContext, folder: string): Promise<void> {
  const files: { path: string; sizeBytes: number; at: number }[] = [];
  for await (const { path } of fs.walk(folder, (below) => FOLDER_NAME.test(basename(below)))) {
    const name = basename(path);
    if (!FILE_NAME.test(name) && !TEMPORARY_NAME.test(name)) continue;
    const stat = await fs.stat(path);
    if (stat?.kind !== "file") continue;
    const modifiedAt = stat.modifiedAt?.getTime() ?? 0;
    if (FILE_NAME.test(name)) files.push({ path, sizeBytes: stat.sizeBytes, at: modifiedAt });
    else if (clock.now().getTime() - modifiedAt > MOST_TEMPORARY_MS) await fs.remove(path);
  }
  files.sort((one, other) => other.at - one.at);
  let bytes = 0;
  for (const [index, { path, sizeBytes }] of files.entries()) {
    bytes += sizeBytes;
    if (index >= MOST_FILES || bytes > MOST_BYTES) await fs.remove(path);
  }
}
