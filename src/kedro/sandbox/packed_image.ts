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
  /** Compression of the stored bytes; absent if they are not compressed. */
  readonly compressed?: "deflate";
  readonly stretches: readonly Stretch[];
}

/** Consecutive bytes: their position in the part (`at`) and in the file (`offset`), and their length. */
export interface Stretch {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
}

/** Page size in bytes; pages of zeros are not stored. */
const PAGE = 4096;

/** Packs parts into one file without pages of zeros; `start` is the position of its first byte in the file. */
export function packImage(
  parts: Readonly<Record<string, Uint8Array>>,
  start: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly parts: Record<string, ImagePart> } {
  const chunks: Uint8Array[] = [];
  const index: Record<string, ImagePart> = {};
  let offset = start;
  for (const [name, part] of Object.entries(parts)) {
    const stretches: Stretch[] = [];
    for (const { at, length } of filled(part)) {
      stretches.push({ at, offset, length });
      chunks.push(part.subarray(at, at + length));
      offset += length;
    }
    index[name] = { length: part.length, stretches };
  }
  return { bytes: joined(chunks, offset - start), parts: index };
}

/** Reads the stored bytes of one part of the image from its file. */
export function readPart(path: string | URL, part: ImagePart): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(part.length);
  using file = openSync(path);
  for (const { at, offset, length } of part.stretches) {
    file.seekSync(offset, SeekMode.Start);
    readFull(file, bytes.subarray(at, at + length));
  }
  return bytes;
}

/**
 * Compiles a part that is WebAssembly, while it is decompressed if it is compressed.
 *
 * Not with `node:zlib`: Deno 2.9 takes 35 ms to load it, and its result would be in memory as a whole.
 *
 * @throws {Error} if the part is damaged.
 */
export async function compilePart(path: string | URL, part: ImagePart): Promise<WebAssembly.Module> {
  const bytes = readPart(path, part);
  if (part.compressed === undefined) return await WebAssembly.compile(bytes);
  const code = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await WebAssembly.compileStreaming(
    new Response(code, { headers: { "content-type": "application/wasm" } }),
  );
}

/**
 * Reads a part, from byte `from` on, into existing memory, so that it is never in memory twice. Pages that are zero in
 * both are not written, so they use no physical memory.
 */
export function readPartInto(
  path: string | URL,
  part: ImagePart,
  { from, into }: { readonly from: number; readonly into: Uint8Array },
): void {
  using file = openSync(path);
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
}

/** Zeroes bytes without writing to pages that are already zero. */
function clear(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += PAGE) {
    const page = bytes.subarray(at, at + PAGE);
    if (!isZero(page)) page.fill(0);
  }
}

function isZero(bytes: Uint8Array): boolean {
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

function* filled(part: Uint8Array): Iterable<{ readonly at: number; readonly length: number }> {
  let from: number | undefined;
  for (let at = 0; at < part.length; at += PAGE) {
    const empty = isZero(part.subarray(at, at + PAGE));
    if (!empty) from ??= at;
    if (empty && from !== undefined) {
      yield { at: from, length: at - from };
      from = undefined;
    }
  }
  if (from !== undefined) yield { at: from, length: part.length - from };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
