import { type Entry, Reader, ZipReader, ZipWriter } from "@zip.js/zip.js";
import type { FileSystem } from "../../core/context.ts";

type Chunks = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** One file that goes into an archive. */
export interface ZipSource {
  /** With forward slashes. */
  readonly name: string;
  readonly chunks: Chunks;
}

/** One thing that lies in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** What the archive says; {@linkcode ZipEntry.read} never gives more. */
  readonly sizeBytes: number;
  /** A file that is neither a folder, nor a link, nor encrypted. */
  readonly isPlain: boolean;
  /** @throws {Error} where the archive does not hold what it says. */
  read(): Chunks;
}

/** The library's own deflate gives the same bytes on every machine; the platform's may not. */
const EVERYWHERE_THE_SAME = { useWebWorkers: false, useCompressionStream: false } as const;

/** Local time, as the format has it: the same bytes in every time zone. */
const ALWAYS = new Date(1980, 0, 1);

/**
 * Yields a ZIP archive of some files while they are read: the same bytes for the same files, whenever and wherever.
 *
 * @param comment The archive's last bytes.
 * @throws what reading the files throws.
 */
export async function* writeZip(
  files: Iterable<ZipSource> | AsyncIterable<ZipSource>,
  comment?: Uint8Array,
): Chunks {
  yield* piped(async (into) => {
    const zip = new ZipWriter(into, {
      ...EVERYWHERE_THE_SAME,
      level: 6,
      lastModDate: ALWAYS,
      extendedTimestamp: false,
    });
    for await (const { name, chunks } of files) await add(zip, name, chunks[Symbol.asyncIterator]());
    await zip.close(comment);
  });
}

/** Adds a file and closes it, also where the archive is not written to its end: the library leaves it open then. */
async function add(
  zip: ZipWriter<unknown>,
  name: string,
  chunks: AsyncIterator<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  try {
    await zip.add(name, ReadableStream.from({ [Symbol.asyncIterator]: () => chunks }));
  } finally {
    await chunks.return?.();
  }
}

/** Yields what `write` writes; throws what it throws, also before it has written anything. */
async function* piped(write: (into: WritableStream<Uint8Array>) => Promise<unknown>): Chunks {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const out = writable.getWriter();
  const written = (async () => {
    try {
      await write(new WritableStream({ write: (chunk) => out.write(chunk.slice()) }));
      await out.close();
    } catch (thrown) {
      await out.abort(thrown).catch(() => {});
      return { thrown };
    }
  })();
  try {
    yield* readable;
  } catch (thrown) {
    throw (await written)?.thrown ?? thrown;
  } finally {
    await written;
  }
}

/**
 * Opens an archive by its list of contents; files are read when they are asked for, and nothing is unpacked.
 *
 * @throws {Error} where it is no ZIP archive, or one that two programs could read differently: with names that stand
 * twice or lead elsewhere, parts that overlap, or anything before, between or after them.
 */
export async function openZip(
  fs: Pick<FileSystem, "readRange">,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<readonly ZipEntry[]> {
  const reader = Object.assign(new Reader(path), {
    size: sizeBytes,
    readUint8Array: (start: number, length: number) => fs.readRange(path, start, length),
  });
  const zip = new ZipReader(reader, {
    ...EVERYWHERE_THE_SAME,
    strictness: "strict",
    checkSignature: true,
    checkOverlappingEntry: true,
  });
  return (await zip.getEntries()).map(toEntry);
}

/** The end of an archive's list: a signature, the count of entries at byte 10, and a comment as long as a seal. */
const END_BYTES = 22;
const COMMENT_BYTES = 64;
const END_SIGNATURE = 0x06054b50;

/**
 * How many entries an archive says that it has, without reading them: `Infinity` for more than 65,534, `undefined` where
 * it does not end as a package does.
 */
export async function countEntries(
  fs: Pick<FileSystem, "readRange">,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<number | undefined> {
  const start = sizeBytes - END_BYTES - COMMENT_BYTES;
  if (start < 0) return undefined;
  const bytes = await fs.readRange(path, start, END_BYTES);
  if (bytes.length < END_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== END_SIGNATURE) return undefined;
  const count = view.getUint16(10, true);
  return count === 0xffff ? Infinity : count;
}

function toEntry(entry: Entry): ZipEntry {
  const { filename, uncompressedSize, directory, encrypted, symlink } = entry;
  return {
    name: filename,
    sizeBytes: uncompressedSize,
    isPlain: !directory && !encrypted && !symlink,
    read: () => piped(async (into) => entry.directory || await entry.getData(into)),
  };
}
