import { join } from "node:path";
import type { Entry, FileSystem, WriteOptions } from "../context.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** The real file system. */
export const systemFs: FileSystem = {
  readText: (path) => Deno.readTextFile(path),
  readBytes: (path) => Deno.readFile(path),
  readChunks,
  writeText,
  walk,
  async stat(path) {
    const found = await orUndefined(Deno.stat(path));
    if (found === undefined) return undefined;
    return {
      kind: found.isFile ? "file" : found.isDirectory ? "folder" : "other",
      sizeBytes: found.size,
      modifiedAt: found.mtime ?? undefined,
    };
  },
  realPath: (path) => orUndefined(Deno.realPath(path)),
  async remove(path) {
    await orUndefined(Deno.remove(path));
  },
};

async function* readChunks(path: string): AsyncIterable<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const read = await file.read(chunk);
    if (read === null) return;
    yield chunk.subarray(0, read);
  }
}

async function writeText(path: string, text: string, options: WriteOptions = {}): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  const mode = options.mode === undefined ? {} : { mode: options.mode };
  if (options.createNew) return await Deno.writeTextFile(path, text, { createNew: true, ...mode });
  const beside = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(beside, text, { createNew: true, ...mode });
    await Deno.rename(beside, path);
  } catch (thrown) {
    await orUndefined(Deno.remove(beside));
    throw thrown;
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
    }
  }
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw thrown;
  }
}
