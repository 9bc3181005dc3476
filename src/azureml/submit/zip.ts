import { type Entry, Reader, ZipReader, ZipWriter } from "@zip.js/zip.js";
import type { Chunks, FileSystem } from "../../core/context.ts";

export interface ZipSource {
  /** With forward slashes. */
  readonly name: string;
  readonly chunks: Chunks;
}

export interface ZipEntry {
  readonly name: string;
  /** The declared size; {@linkcode ZipEntry.read} never yields more. */
  readonly sizeBytes: number;
  /** Whether it is a regular file: not a folder, not a link, not encrypted. */
  readonly isPlain: boolean;
  /** Unpacks the entry. @throws {Error} if the contents do not match their declaration. */
  read(): Chunks;
}

/** The library's own deflate yields the same bytes on every machine; the platform's may not. */
const DETERMINISTIC = { useWebWorkers: false, useCompressionStream: false } as const;

/** ZIP stores local time; a fixed one yields the same bytes in every time zone. */
const FIXED_DATE = new Date(1980, 0, 1);

/**
 * Yields a ZIP archive while its files are read; the same files always yield the same bytes.
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
      ...DETERMINISTIC,
      level: 6,
      lastModDate: FIXED_DATE,
      extendedTimestamp: false,
    });
    for await (const { name, chunks } of files) await add(zip, name, chunks[Symbol.asyncIterator]());
    await zip.close(comment);
  });
}

/** Adds a file and closes its iterator, which the library leaves open if the archive is not written to its end. */
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

/** Yields what `write` writes, and throws what it throws, even before it has written anything. */
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
 * Opens an archive and reads its list of contents; files are only read when requested, and nothing is unpacked to
 * disk.
 *
 * @throws {Error} if it is not a ZIP archive, or one that programs could interpret differently: with duplicate names
 *   or names that lead elsewhere, overlapping parts, or extra bytes before, between or after the parts.
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
    ...DETERMINISTIC,
    strictness: "strict",
    checkSignature: true,
    checkOverlappingEntry: true,
  });
  return (await zip.getEntries()).map(toEntry);
}

/** The end record of an archive: a signature, the number of entries at byte 10, and a comment as long as the seal. */
const END_BYTES = 22;
const COMMENT_BYTES = 64;
const END_SIGNATURE = 0x06054b50;

/**
 * The number of entries that an archive declares, without reading them: `Infinity` for more than 65,534, `undefined`
 * if it does not end like a package.
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
