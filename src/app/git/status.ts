import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join, relative, sep } from "node:path";
import pLimit from "p-limit";
import type { Checkout, GitFs } from "./checkout.ts";
import { type IgnoreLevels, type IgnoreOptions, readIgnoreLevels } from "./ignored.ts";
import { type IndexEntry, parseIndex, treeHash } from "./index_file.ts";
import { treeOfCommit } from "./objects.ts";

/** Options of {@linkcode isDirty}. */
export interface StatusOptions extends IgnoreOptions {
  /**
   * The folder to check, with every link resolved; changes elsewhere in the checkout only count once they are staged.
   */
  readonly folder: string;
  readonly commit: string | undefined;
}

const FILES_AT_ONCE = 32;
/** An index of a million files has about 100 MB. */
const LARGEST_INDEX_BYTES = 512 * 1024 * 1024;
const [LINK_MODE, FILE_KIND, KIND_MASK] = [0o120000, 0o100000, 0o170000];

/**
 * Whether a folder has uncommitted changes: files that were changed, added, removed or staged, as in `git status`.
 *
 * Targets of links and the executable bit are not compared.
 *
 * @returns `undefined` when the index or the commit cannot be read.
 */
export async function isDirty(
  fs: GitFs,
  checkout: Checkout,
  options: StatusOptions,
): Promise<boolean | undefined> {
  const { folder, commit } = options;
  const indexPath = join(checkout.gitDir, "index");
  const found = await fs.stat(indexPath);
  if (found !== undefined && (found.kind !== "file" || found.sizeBytes > LARGEST_INDEX_BYTES)) {
    return undefined;
  }
  const entries = found === undefined ? [] : parseIndex(await fs.readBytes(indexPath));
  if (entries === undefined) return undefined;
  const within = relative(checkout.top, folder).replaceAll(sep, "/");
  const inside = within === "" ? entries : entries.filter(({ path }) => path.startsWith(`${within}/`));
  if (inside.some(({ isConflict, isIntent }) => isConflict || isIntent)) return true;
  const writtenMs = found?.modifiedAt?.getTime() ?? 0;
  if (await anyChanged(fs, checkout, inside, writtenMs)) return true;
  if (await anyUntracked(fs, checkout, { ...options, within, entries })) return true;
  if (commit === undefined) return inside.length > 0;
  const tree = await treeOfCommit(fs, checkout, commit);
  return tree === undefined ? undefined : tree !== treeHash(entries);
}

async function anyChanged(
  fs: GitFs,
  { top }: Checkout,
  entries: readonly IndexEntry[],
  writtenMs: number,
): Promise<boolean> {
  const limit = pLimit(FILES_AT_ONCE);
  let changed = false;
  const watched = entries.filter(({ isUnwatched }) => !isUnwatched);
  await Promise.all(watched.map((entry) =>
    limit(async () => {
      if (!changed && await isChanged(fs, join(top, entry.path), entry, writtenMs)) changed = true;
    })
  ));
  return changed;
}

/**
 * Like git: with equal size and time a file counts as unchanged unless it is as new as the index; else its content
 * decides.
 */
async function isChanged(
  fs: GitFs,
  path: string,
  entry: IndexEntry,
  writtenMs: number,
): Promise<boolean> {
  if (entry.mode === LINK_MODE || (entry.mode & KIND_MASK) !== FILE_KIND) return false;
  const found = await fs.stat(path);
  if (found?.kind !== "file") return true;
  const isSame = found.sizeBytes === entry.sizeBytes && found.modifiedAt?.getTime() === entry.modifiedMs;
  if (isSame && entry.modifiedMs < Math.floor(writtenMs / 1000) * 1000) return false;
  return !spellings(await fs.readBytes(path)).some((bytes) => blobHash(bytes) === entry.hash);
}

/** The contents that git may have stored for a file: unchanged, with Unix line ends, or as a Git LFS pointer. */
function spellings(bytes: Uint8Array<ArrayBuffer>): Uint8Array[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unix = data.includes("\r\n")
    ? [Buffer.from(data.toString("latin1").replaceAll("\r\n", "\n"), "latin1")]
    : [];
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${
      createHash("sha256").update(data).digest("hex")
    }\nsize ${data.length}\n`,
  );
  return [data, ...unix, pointer];
}

function blobHash(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

interface Untracked extends StatusOptions {
  readonly within: string;
  readonly entries: readonly IndexEntry[];
}

async function anyUntracked(
  fs: GitFs,
  checkout: Checkout,
  { within, entries, ...options }: Untracked,
): Promise<boolean> {
  const tracked = new Set(entries.map(({ path }) => path.replace(/\/$/, "")));
  const folders = within === "" ? [] : within.split("/");
  let levels = await readIgnoreLevels(fs, checkout, options);
  for (const [at, name] of folders.entries()) {
    // An ignored folder without tracked files contains nothing untracked.
    if (levels.ignores(name, "folder") && !isAbove(tracked, folders.slice(0, at + 1).join("/"))) return false;
    levels = await levels.enter(name);
  }
  return await hasUntracked(fs, { top: checkout.top, folder: within, tracked, levels });
}

async function hasUntracked(
  fs: GitFs,
  here: { top: string; folder: string; tracked: ReadonlySet<string>; levels: IgnoreLevels },
): Promise<boolean> {
  const { top, folder, tracked, levels } = here;
  const real = join(top, folder);
  const names: string[] = [];
  const note = (path: string) => {
    names.push(relative(real, path));
    return false;
  };
  const nameIn = (name: string) => folder === "" ? name : `${folder}/${name}`;
  for await (const { path, kind } of fs.walk(real, note)) {
    const name = relative(real, path);
    if (kind === "other") continue;
    if (name !== ".git" && !tracked.has(nameIn(name)) && !levels.ignores(name, "file")) return true;
  }
  for (const name of names) {
    const path = nameIn(name);
    if (name === ".git" || tracked.has(path) || levels.ignores(name, "folder")) continue;
    // git shows an untracked nested repository as a single entry.
    if (await fs.stat(join(real, name, ".git")) !== undefined) return true;
    if (await hasUntracked(fs, { ...here, folder: path, levels: await levels.enter(name) })) return true;
  }
  return false;
}

function isAbove(tracked: ReadonlySet<string>, folder: string): boolean {
  return [...tracked].some((path) => path.startsWith(`${folder}/`));
}
