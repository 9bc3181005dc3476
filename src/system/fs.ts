import { join } from "node:path";
import type { Entry, FileSystem, WriteOptions } from "../core/context.ts";
import { refuseWayOut } from "./way_out.ts";

/** What the system says where a path leads to nothing; a link that leads back to itself does, too. */
const NOTHING = [Deno.errors.NotFound, Deno.errors.NotADirectory, Deno.errors.FilesystemLoop];
const CHUNK_BYTES = 4 * 1024 * 1024;

/** The real file system. */
export const systemFs: FileSystem = {
  readText: (path) => Deno.readTextFile(path),
  readBytes: (path) => Deno.readFile(path),
  readChunks,
  readRange,
  writeText: (path, text, options) => write(path, pieces(text), options),
  writeChunks: write,
  async append(path, content) {
    await refuseWayOut(path);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(path, bytes, { append: true });
  },
  async rename(from, to) {
    await refuseWayOut(to);
    await Deno.rename(from, to);
  },
  walk,
  async stat(path) {
    const found = await orUndefined(Deno.stat(path));
    if (found === undefined) return undefined;
    return {
      kind: found.isFile ? "file" : found.isDirectory ? "folder" : "other",
      sizeBytes: found.size,
      modifiedAt: found.mtime ?? undefined,
      ...(found.ino !== null && { id: `${found.dev}:${found.ino}` }),
    };
  },
  realPath: (path) => orUndefined(Deno.realPath(path)),
  async remove(path) {
    await orUndefined(Deno.remove(path));
  },
  redirects,
  undecodable,
};

/** Folders in which names are looked for in vain, and which are large. */
const LARGE_FOLDERS = [".git", "node_modules", ".venv"];

/**
 * Deno before 2.9, with which the executable may be compiled, leaves out of a folder what has such a name; `find` does not.
 * Only Linux has them. Where there is no `find`, they stay unknown.
 */
async function undecodable(folder: string): Promise<readonly string[]> {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  if (Deno.build.os !== "linux" || major > 2 || minor >= 9) return [];
  const pruned = LARGE_FOLDERS.flatMap((name) => ["-name", name, "-prune", "-o"]);
  const find = new Deno.Command("find", {
    args: [".", ...pruned, "-name", "*[! -~]*", "-print0"],
    cwd: folder,
    env: { LC_ALL: "C" },
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(FIND_MS),
  });
  try {
    return namesNotText((await find.output()).stdout);
  } catch {
    return [];
  }
}

const FIND_MS = 10_000;

/** Those of some paths, each of which ends with a zero byte, that are not UTF-8. */
export function namesNotText(paths: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < paths.length;) {
    const end = paths.indexOf(0, at);
    const bytes = paths.subarray(at, end < 0 ? undefined : end);
    const text = new TextDecoder().decode(bytes);
    if (new TextEncoder().encode(text).length !== bytes.length || text.includes("\ufffd")) {
      found.push(text.replace(/^\.\//, ""));
    }
    at += bytes.length + 1;
  }
  return found;
}

/** `Deno.stdout` does not tell which file it is; asking by path, below /proc, needs all permissions. */
async function redirects(): Promise<ReadonlySet<string>> {
  const { fstatSync } = await import("node:fs");
  const ids = [1, 2].flatMap((descriptor) => {
    try {
      const found = fstatSync(descriptor);
      return found.isFile() ? [`${found.dev}:${found.ino}`] : [];
    } catch {
      return [];
    }
  });
  return new Set(ids);
}

async function* readChunks(path: string): AsyncIterable<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const read = await file.read(chunk);
    if (read === null) return;
    yield chunk.subarray(0, read);
  }
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
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

async function* pieces(text: string): AsyncIterable<Uint8Array<ArrayBuffer>> {
  yield new TextEncoder().encode(text);
}

async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  options: WriteOptions = {},
): Promise<void> {
  await refuseWayOut(path);
  const folder = options.folderMode === undefined ? {} : { mode: options.folderMode };
  await Deno.mkdir(join(path, ".."), { recursive: true, ...folder });
  const mode = options.mode === undefined ? {} : { mode: options.mode };
  if (options.createNew) return await writeNew(path, chunks, mode);
  // A rename would put a file in the place of a link, and of what is no file at all, such as /dev/stdout.
  const target = await orUndefined(Deno.realPath(path)) ?? path;
  const there = await orUndefined(Deno.stat(target));
  if (there !== undefined && !there.isFile && !there.isDirectory) return await writeInto(target, chunks);
  const beside = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeNew(beside, chunks, mode);
    await Deno.rename(beside, target);
  } catch (thrown) {
    await orUndefined(Deno.remove(beside));
    throw thrown;
  }
}

/** Writes to a device or a pipe, which has no size to cut. */
async function writeInto(path: string, chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await writeAll(file, chunks);
}

async function writeNew(
  path: string,
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  mode: { mode?: number },
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, ...mode });
  await writeAll(file, chunks);
}

async function writeAll(file: Deno.FsFile, chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<void> {
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
}

async function* walk(path: string, enter: (folder: string) => boolean): AsyncIterable<Entry> {
  const found = (await Array.fromAsync(Deno.readDir(path))).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, isDirectory, isSymlink, isFile } of found) {
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
