import { freeBytes } from "../../core/bytes.ts";

// Saved at import: in the reader's process `Deno` is gone when the snapshot is read.
const { openSync, SeekMode, errors } = Deno;

/** Index of the embedded Kedro's parts, which the build writes as `image.json` next to the program. */
export interface ImageIndex {
  /** The file with the parts, next to the program; absent if the parts are in the executable. */
  readonly file?: string;
  /** Identifies the build's inputs: a build from other inputs has another ID. */
  readonly id: string;
  readonly parts: Readonly<Record<string, ImagePart>>;
}

/** One part of the image. Only stretches that are not all zero are stored. */
export interface ImagePart {
  readonly length: number;
  /** Length after decompressing the stored bytes with raw deflate; absent if they are not compressed. */
  readonly inflatedLength?: number;
  readonly stretches: readonly Stretch[];
}

/** Consecutive bytes: their position in the part (`at`) and in the file (`offset`), and their length. */
interface Stretch {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

/** Page size in bytes; pages of zeros are not stored. */
export const PAGE = 4096;

export function readPart(path: string | URL, part: ImagePart): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(part.length);
  using file = openSync(path);
  partOf(file, part).read(0, bytes);
  return bytes;
}

/**
 * Compiles a part that is WebAssembly. V8 keeps a copy of the code, so that all others are freed at once, and not when
 * the garbage collector runs: 16 MB less at the peak of a reading than with `WebAssembly.compileStreaming()`.
 *
 * @throws {Error} if the part is damaged.
 */
export async function compilePart(path: string | URL, part: ImagePart): Promise<WebAssembly.Module> {
  const stored = readPart(path, part);
  const code = part.inflatedLength === undefined ? stored : await inflate(stored, part.inflatedLength);
  const module = WebAssembly.compile(code);
  freeBytes(code);
  return await module;
}

/**
 * Decompresses bytes, and frees them.
 *
 * Not with `node:zlib`: Deno 2.9 takes 35 ms to load it.
 */
async function inflate(stored: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const write = async () => {
    const writer = writable.getWriter();
    for (let at = 0; at < stored.length; at += CHUNK) await writer.write(stored.subarray(at, at + CHUNK));
    freeBytes(stored);
    await writer.close();
  };
  const read = async () => {
    const bytes = new Uint8Array(length);
    let at = 0;
    for await (const chunk of readable) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  };
  const [bytes] = await Promise.all([read(), write()]);
  return bytes;
}

/** Compressed bytes that are decompressed at a time. */
const CHUNK = 64 * 1024;

/**
 * A part of an open file, which can be read when the process has no permissions anymore. Pages that are zero in the part
 * and in the memory that it is read into are not written, so they use no physical memory.
 */
export function partOf(file: Deno.FsFile, part: ImagePart): PartFile {
  return {
    sizeBytes: part.length,
    read(from, into) {
      let done = from;
      for (const { at, offset, length } of part.stretches) {
        const [start, end] = [Math.max(at, from), Math.min(at + length, from + into.length)];
        if (start >= end) continue;
        clear(into.subarray(done - from, start - from));
        file.seekSync(offset + start - at, SeekMode.Start);
        readFull(file, into.subarray(start - from, end - from));
        done = end;
      }
      clear(into.subarray(done - from, Math.min(part.length - from, into.length)));
    },
  };
}

/** Zeroes bytes without writing to pages that are already zero. */
function clear(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += PAGE) {
    const page = bytes.subarray(at, at + PAGE);
    if (!isZero(page)) page.fill(0);
  }
}

export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}

function readFull(file: Deno.FsFile, into: Uint8Array): void {
  let rest = into;
  while (rest.length > 0) {
    const count = file.readSync(rest);
    if (count === null) throw new errors.UnexpectedEof(`The image ends ${rest.length} bytes early`);
    rest = rest.subarray(count);
  }
}

export interface Image {
  /** The interpreter's code. Compiling starts with the process; the bytes are not kept. */
  readonly code: Promise<WebAssembly.Module>;
  readonly stdlib: PartFile;
  /** The zip with Kedro and what it needs. */
  readonly site: PartFile;
  readonly lock: string;
  /** Memory with Kedro already imported; absent while the snapshot is being made. */
  readonly snapshot?: PartFile;
}

/** A part that is read from its file on demand: it is never in memory as a whole, or not twice. */
export interface PartFile {
  readonly sizeBytes: number;
  /** Fills `into` with the part's bytes, starting at byte `from`. */
  read(from: number, into: Uint8Array): void;
}
