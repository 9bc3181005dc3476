import { dirname, isAbsolute, join, relative } from "node:path";
import { once } from "../core/async.ts";
import { freeBytes } from "../core/bytes.ts";
import type { Chunks, DatabaseRow, Entry, FileSystem, WriteOptions } from "../core/context.ts";
import { ExitCode, isOpenElsewhere, ReplacedFile, UserError } from "../core/errors.ts";
import { sizeText } from "../core/format.ts";
import { compareText } from "../core/text_match.ts";
import {
  isForeignShare,
  isWindowsDevice,
  isWindowsNull,
  pathBelow,
  shellWord,
  windowsNameProblem,
} from "../core/untrusted.ts";

/** Errors for a path that leads nowhere; a link that points back to itself is one of them. */
const NOTHING = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop];
const CHUNK_BYTES = 1024 * 1024;

export const systemFs: FileSystem = {
  readText: async (path) =>
    await isPipe(path)
      ? new TextDecoder().decode(await readPipe(path))
      : await whenFree(() => Deno.readTextFile(path)),
  readBytes: async (path, id) =>
    id !== undefined
      ? await readSame(path, id)
      : await isPipe(path)
      ? await readPipe(path)
      : await whenFree(() => Deno.readFile(path)),
  readChunks,
  readRange,
  writeText: (path, text, options) => write(path, [new TextEncoder().encode(text)], options),
  writeChunks: write,
  async append(path, content) {
    refuseName(path);
    await refuseOutsideLink(path);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await whenFree(() => Deno.writeFile(path, bytes, { append: true }));
  },
  async rename(from, to) {
    refuseName(to);
    await refuseOutsideLink(to);
    await replacing(to, () => whenFree(() => Deno.rename(from, to), { moves: true }));
  },
  walk,
  async stat(path) {
    const own = isDevice(path) ? undefined : await orUndefined(Deno.lstat(path));
    const info = own?.isSymlink ? await orUndefined(Deno.stat(path)) : own;
    if (own === undefined || info === undefined) return undefined;
    return {
      kind: info.isFile ? "file" : info.isDirectory ? "folder" : "other",
      sizeBytes: info.size,
      modifiedAt: info.mtime ?? undefined,
      changedAt: info.ctime ?? undefined,
      ...(own.isSymlink && { isLink: true }),
      ...(info.ino !== null && { id: idOf(info)! }),
      ...othersOf(info, own),
    };
  },
  realPath: async (path) => isDevice(path) ? undefined : await orUndefined(Deno.realPath(path)),
  async remove(path) {
    await whenFree(() => orUndefined(Deno.remove(path)), { moves: true });
  },
  redirects,
  rows,
};

/** `Deno.stdout` does not reveal its file, and reading /proc requires all permissions, so this uses Node's `fstat`. */
async function redirects(): Promise<ReadonlySet<string>> {
  const { fstatSync } = await import("node:fs");
  const ids = [1, 2].flatMap((descriptor) => {
    try {
      const info = fstatSync(descriptor);
      return info.isFile() ? [`${info.dev}:${info.ino}`] : [];
    } catch {
      return [];
    }
  });
  return new Set(ids);
}

const GROUP_AND_OTHERS_WRITE = 0o022;
let user: number | null | undefined;

/** @param link What leads there, which somebody else can have made. */
function othersOf({ uid, mode }: Deno.FileInfo, link: Deno.FileInfo) {
  if (uid === null || mode === null) return {};
  user ??= Deno.uid();
  const isForeign = [uid, link.uid].some((owner) => owner !== 0 && owner !== user);
  return { isForeign, writableByOthers: isForeign || (mode & GROUP_AND_OTHERS_WRITE) !== 0 };
}

/** More of a pipe or a device is not read, which may have no end, such as /dev/zero. */
const MOST_PIPE_BYTES = 16 * CHUNK_BYTES;

async function isPipe(path: string): Promise<boolean> {
  const info = await orUndefined(Deno.stat(path));
  return info !== undefined && !info.isFile && !info.isDirectory;
}

async function readPipe(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const part of readChunks(path)) {
    size += part.length;
    if (size > MOST_PIPE_BYTES) {
      throw new UserError(`"${path}" has more than ${sizeText(MOST_PIPE_BYTES)}, of which no more are read`, {
        code: "file.too_large",
        exit: ExitCode.Usage,
        hint: "Name a file",
      });
    }
    parts.push(part);
  }
  return await new Blob(parts).bytes();
}

/** Opens a file, and looks at what was opened: between a look at its path and this, a link could come there. */
async function openSame(path: string, id: string | undefined): Promise<Deno.FsFile> {
  const file = await whenFree(() => Deno.open(path));
  if (id === undefined || idOf(file.statSync()) === id) return file;
  file.close();
  throw new ReplacedFile(path);
}

/** Reads a file of usual size as a whole, in one turn of the event loop: each of many takes longer. */
async function readSame(path: string, id: string): Promise<Uint8Array<ArrayBuffer>> {
  using file = await openSame(path, id);
  const bytes = new Uint8Array(file.statSync().size);
  let filled = 0;
  for (let read: number | null = 0; filled < bytes.length && read !== null; filled += read ?? 0) {
    read = file.readSync(bytes.subarray(filled));
  }
  return bytes.subarray(0, filled);
}

function idOf({ dev, ino }: Deno.FileInfo): string | undefined {
  return ino === null ? undefined : `${dev}:${ino}`;
}

async function* readChunks(path: string, id?: string): Chunks {
  using file = await openSame(path, id);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const read = await file.read(chunk);
    if (read === null) return freeBytes(chunk);
    yield chunk.subarray(0, read);
  }
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await whenFree(() => Deno.open(path));
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** What is written: chunks, or all bytes at once. */
type Written = Parameters<FileSystem["writeChunks"]>[1];

async function write(
  path: string,
  chunks: Written,
  options: WriteOptions = {},
): Promise<void> {
  if (isNull(path)) return await discard(chunks);
  refuseName(path);
  await refuseOutsideLink(path);
  const folder = options.folderMode === undefined ? {} : { mode: options.folderMode };
  await Deno.mkdir(join(path, ".."), { recursive: true, ...folder });
  const mode = options.mode === undefined ? {} : { mode: options.mode };
  if (options.createNew) return await writeNew(path, chunks, mode);
  // Renaming would replace a link, or something that is not a regular file, such as /dev/stdout.
  const target = await orUndefined(Deno.realPath(path)) ?? path;
  const before = await orUndefined(Deno.stat(target));
  if (before !== undefined && !before.isFile && !before.isDirectory) return await writeInto(target, chunks);
  const beside = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeNew(beside, chunks, mode);
    await replacing(path, () => whenFree(() => Deno.rename(beside, target), { moves: true }));
  } catch (thrown) {
    await whenFree(() => orUndefined(Deno.remove(beside)), { moves: true });
    throw thrown;
  }
}

async function discard(chunks: Written): Promise<void> {
  for await (const _ of chunks) { /* a chunk may throw */ }
}

/** Writes to a device or a pipe, which cannot be truncated. */
async function writeInto(path: string, chunks: Written): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await writeAll(file, chunks);
}

async function writeNew(
  path: string,
  chunks: Written,
  mode: { mode?: number },
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, ...mode });
  try {
    await writeAll(file, chunks);
  } catch (thrown) {
    await orUndefined(Deno.remove(path));
    throw thrown;
  }
}

async function writeAll(file: Deno.FsFile, chunks: Written): Promise<void> {
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
}

async function* walk(path: string, enter: (folder: string) => boolean): AsyncIterable<Entry> {
  const entries = (await Array.fromAsync(Deno.readDir(path))).sort((a, b) => compareText(a.name, b.name));
  for (const { name, isDirectory, isSymlink, isFile } of entries) {
    const child = join(path, name);
    if (isSymlink) yield { path: child, kind: "link" };
    else if (isFile) yield { path: child, kind: "file" };
    else if (isDirectory && enter(child)) {
      yield { path: child, kind: "folder" };
      yield* walk(child, enter);
    } else if (!isDirectory) yield { path: child, kind: "other" };
  }
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (NOTHING.some((kind) => thrown instanceof kind)) return undefined;
    throw thrown;
  }
}

/**
 * Reads rows of an SQLite file; the runtime's SQLite is loaded on first use, and waits up to five seconds for another
 * process that is writing.
 *
 * @param options.mayChange Whether the query may change the file (default: false).
 */
export async function rows(
  path: string,
  query: string,
  values: readonly (string | number)[] = [],
  { mayChange = false }: { readonly mayChange?: boolean } = {},
): Promise<readonly DatabaseRow[]> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { readOnly: !mayChange, timeout: 5000 });
  try {
    return database.prepare(query).all(...values) as DatabaseRow[];
  } finally {
    database.close();
  }
}

/** Files and folders that mark the top of a project or a checkout. */
const MARKS = ["pyproject.toml", ".git"];
const IN_GIT = /(?:^|\/)\.git\//i;

/**
 * Refuses to write through a link that leads out of the project it is in, or to what git runs. Otherwise the author of a
 * project, for example of a branch that is submitted, could choose which file is overwritten.
 *
 * @throws {UserError} `file.link_outside`.
 */
async function refuseOutsideLink(path: string): Promise<void> {
  const top = await topAbove(dirname(path));
  if (top === undefined) return;
  const real = await realPathOf(path);
  const below = pathBelow(await Deno.realPath(top), real);
  const isInGit = below !== undefined && IN_GIT.test(below) && !IN_GIT.test(pathBelow(top, path)!);
  if (below !== undefined && !isInGit) return;
  (await import("../core/files.ts")).refuseWindowsPath(path);
  const where = isInGit ? "in the folder of git" : "outside the project";
  throw new UserError(`Cannot write "${path}": a link leads it to "${real}", ${where}`, {
    // file.link_outside: A link would lead a written file out of the project, or into .git. Remove the link, or name
    //   another file.
    code: "file.link_outside",
    hint: "Remove the link, or name a file that is no link",
  });
}

/** The nearest folder above that is the top of a project; the user's home folder does not count. */
async function topAbove(folder: string): Promise<string | undefined> {
  const homes = [Deno.env.get("HOME"), Deno.env.get("USERPROFILE")].filter((home) => home !== undefined);
  for (let top = folder;; top = dirname(top)) {
    // `relative` knows that Windows ignores case, and takes slashes for backslashes.
    if (homes.some((home) => isAbsolute(home) && relative(home, top) === "")) return undefined;
    for (const mark of MARKS) if (await Deno.lstat(join(top, mark)).then(() => true, () => false)) return top;
    if (dirname(top) === top) return undefined;
  }
}

/** Resolves every link in a path, including links to targets that do not exist yet. */
async function realPathOf(path: string, hops = 0): Promise<string> {
  const real = await Deno.realPath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const target = await Deno.readLink(path).catch(() => undefined);
  if (target !== undefined && hops < MOST_HOPS) {
    return await realPathOf(isAbsolute(target) ? target : join(dirname(path), target), hops + 1);
  }
  const above = dirname(path);
  return above === path ? path : join(await realPathOf(above, hops), path.slice(above.length));
}

const MOST_HOPS = 40;

/** Pauses between attempts, about a second in total. */
const PAUSES_MS = [10, 20, 40, 80, 160, 300, 400] as const;

type Pause = (ms: number) => Promise<void>;

const pause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether another program may have the file open: then Windows also denies access to rename or remove it. */
function isHeldOrDenied(thrown: unknown): boolean {
  return isOpenElsewhere(thrown) || thrown instanceof Deno.errors.PermissionDenied;
}

/**
 * Repeats an action for up to a second while another program has the file open: on Windows, a virus scanner or an
 * indexer opens each new file for a moment. On other systems, an open file is no obstacle, so the action runs once.
 */
export async function whenFree<T>(
  action: () => Promise<T>,
  { moves = false, isWindows = Deno.build.os === "windows", wait = pause }: {
    readonly moves?: boolean;
    readonly isWindows?: boolean;
    readonly wait?: Pause;
  } = {},
): Promise<T> {
  for (const ms of isWindows ? PAUSES_MS : []) {
    try {
      return await action();
    } catch (thrown) {
      if (!(moves ? isHeldOrDenied : isOpenElsewhere)(thrown)) throw thrown;
      await wait(ms);
    }
  }
  return await action();
}

/**
 * Runs an action that replaces an existing file. Windows only says "access denied" if another program has the file
 * open.
 *
 * @throws {UserError} `file.in_use` instead of that error.
 */
export async function replacing<T>(
  path: string,
  action: () => Promise<T>,
  isWindows = Deno.build.os === "windows",
): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    if (!isWindows || !isHeldOrDenied(thrown)) throw thrown;
    throw new UserError(`Cannot replace "${path}": another program has it open, or it is read-only`, {
      // file.in_use: Another program has a file open. Close it, or choose another file.
      code: "file.in_use",
      hint: "Close that program, or choose another file",
      cause: thrown,
    });
  }
}

/** Rejects a path that Windows only seems to write to. @throws {UserError} `file.name`. */
export function refuseName(path: string, isWindows = Deno.build.os === "windows"): void {
  const problem = isWindows ? windowsNameProblem(path) : undefined;
  if (problem === undefined) return;
  throw new UserError(`Cannot write "${path}": ${problem}`, {
    // file.name: Windows would change the name of a file. Choose another name.
    code: "file.name",
    exit: ExitCode.Usage,
    hint: "Choose another name",
  });
}

/** Whether a path leads to a device of Windows instead of a file. @throws {UserError} `file.share`. */
function isDevice(path: string): boolean {
  if (Deno.build.os !== "windows") return false;
  if (/^[\\/]{2}/.test(path) && isForeignShare(path, named())) {
    throw new UserError(`"${path}" is on another computer, to which Windows would sign you in`, {
      // file.share: The project names a folder on another computer. Allow it with `--allow-outside`, if you know that
      //   computer.
      code: "file.share",
      hint: `If you know that computer, add \`--allow-outside ${shellWord(path)}\``,
    });
  }
  return isWindowsDevice(path);
}

/** Where the user named computers: in the working folder, arguments and variables, also by the letter of a drive. */
const named = once((): readonly string[] => {
  const typed = [Deno.cwd(), ...Deno.args];
  const drives = typed.flatMap((path) => {
    try {
      return [`${Deno.realPathSync(path)}\\`];
    } catch {
      return [];
    }
  });
  return [...typed, ...drives, ...Object.values(Deno.env.toObject())];
});

function isNull(path: string): boolean {
  return Deno.build.os === "windows" && isWindowsNull(path);
}
