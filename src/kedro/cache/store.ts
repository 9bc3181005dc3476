import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { shortHash } from "../../core/text/short_hash.ts";
import { userFolders } from "../../core/user_folders.ts";

/** The parts of a Context that keep readings. */
export type StoreContext = Pick<Context, "env" | "home" | "platform" | "fs" | "clock">;

/** Bytes and files that all readings together may take; the oldest go first. */
const MOST_BYTES = 128 * 1024 * 1024;
const MOST_FILES = 200;
/** The largest file that is read back. */
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;
/** What a command that was killed left behind is removed after this time. */
const MOST_TEMPORARY_MS = 60 * 60 * 1000;

/** Names of the folders of projects, of readings, and of readings that are being written. */
const FOLDER_NAME = /^[0-9a-f]{24}$/;
const FILE_NAME = /^[0-9a-f]{24}\.json$/;
const TEMPORARY_NAME = /^[0-9a-f]{24}\.json\.[0-9a-f]{8}\.tmp$/;

/** Readings of one project on disk; nothing that goes wrong here stops a command. */
export interface Store {
  /** The text of an entry; `undefined` when there is none that is whole and this user's. */
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

/** The folder of all readings; `undefined` when the user has no home. */
function folderOf(ctx: StoreContext): string | undefined {
  const cache = userFolders(ctx)?.cache;
  return cache === undefined ? undefined : join(cache, "snapshots");
}

/** The folder of the readings of one project. @param root Absolute path. */
async function projectFolder(ctx: StoreContext, root: string): Promise<string | undefined> {
  const folder = folderOf(ctx);
  if (folder === undefined) return undefined;
  const real = await ctx.fs.realPath(root).catch(() => undefined) ?? root;
  return join(folder, shortHash(real, 24));
}

/** Whether a project was read before, so that starting an interpreter may be in vain; never fails. */
export async function wasReadBefore(ctx: StoreContext, root: string): Promise<boolean> {
  const folder = await projectFolder(ctx, root);
  return folder !== undefined && (await ctx.fs.stat(folder).catch(() => undefined))?.kind === "folder";
}

/**
 * Opens the readings of the project at `root`; `undefined` when the user has no home.
 *
 * @param onRefused Told why readings that are there are not used.
 */
export async function openStore(
  ctx: StoreContext,
  root: string,
  onRefused: (message: string) => void = () => {},
): Promise<Store | undefined> {
  const all = folderOf(ctx);
  const folder = await projectFolder(ctx, root);
  if (all === undefined || folder === undefined) return undefined;
  const isOpen = async (path: string) => {
    const isOthers = (await ctx.fs.stat(path))?.writableByOthers === true;
    if (isOthers) onRefused(`Earlier readings are not used: other users can write to "${path}"`);
    return isOthers;
  };
  return {
    async read(name) {
      try {
        const path = join(folder, `${name}.json`);
        const stat = await ctx.fs.stat(path);
        if (stat?.kind !== "file" || stat.sizeBytes > MOST_ENTRY_BYTES) return undefined;
        if (await isOpen(all) || await isOpen(folder) || await isOpen(path)) return undefined;
        return unsealed(await ctx.fs.readText(path));
      } catch {
        return undefined;
      }
    },
    async write(name, text) {
      try {
        if (Buffer.byteLength(text) > MOST_ENTRY_BYTES - SEAL_LENGTH) return;
        if (await isOpen(all) || await isOpen(folder)) return;
        const modes = { mode: 0o600, folderMode: 0o700 };
        await ctx.fs.writeText(join(folder, `${name}.json`), sealed(text), modes);
        await prune(ctx, all);
      } catch {
        // What is only a convenience stops no work.
      }
    },
  };
}

/** Characters of a seal: the SHA-256 in hexadecimal, and the end of the line. */
const SEAL_LENGTH = 65;

/** The first line is the SHA-256 of the rest: a file that was cut or damaged is no entry. */
function sealed(text: string): string {
  return `${createHash("sha256").update(text).digest("hex")}\n${text}`;
}

function unsealed(content: string): string | undefined {
  const text = content.slice(SEAL_LENGTH);
  return sealed(text) === content ? text : undefined;
}

/** Removes the oldest readings while there are too many, or too large ones; touches nothing but readings. */
async function prune({ fs, clock }: StoreContext, folder: string): Promise<void> {
  const files: { path: string; sizeBytes: number; at: number }[] = [];
  for await (const { path, kind } of fs.walk(folder, (below) => FOLDER_NAME.test(basename(below)))) {
    const name = basename(path);
    if (kind !== "file" || !FOLDER_NAME.test(basename(dirname(path)))) continue;
    if (!FILE_NAME.test(name) && !TEMPORARY_NAME.test(name)) continue;
    const stat = await fs.stat(path);
    if (stat?.kind !== "file") continue;
    const at = stat.modifiedAt?.getTime() ?? 0;
    if (FILE_NAME.test(name)) files.push({ path, sizeBytes: stat.sizeBytes, at });
    else if (clock.now().getTime() - at > MOST_TEMPORARY_MS) await fs.remove(path);
  }
  files.sort((one, other) => other.at - one.at);
  let bytes = 0;
  for (const [index, { path, sizeBytes }] of files.entries()) {
    bytes += sizeBytes;
    if (index >= MOST_FILES || bytes > MOST_BYTES) await fs.remove(path);
  }
}
