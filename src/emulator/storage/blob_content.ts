import { PRIVATE_FILE } from "../../core/files.ts";
import { bytesOf } from "../../core/format.ts";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join as joinPath } from "node:path";
import type { Blob, Content } from "../state/records.ts";
import type { World } from "../state/world.ts";

const KEPT_PER_BLOB = 4 * 1024 * 1024;
const KEPT_IN_ALL = 256 * 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Stores the bytes of a request: in a file if the emulator has a folder, else in memory while there is room. If they do
 * not fit, only their size is stored.
 */
export async function keepContent(world: World, bytes: Uint8Array<ArrayBuffer>): Promise<Content> {
  const sizeBytes = bytes.length;
  if (world.disk !== undefined) {
    const file = joinPath(world.disk.folder, "blobs", world.random.uuid());
    await world.disk.fs.writeChunks(file, [bytes], PRIVATE_FILE);
    return { sizeBytes, pieces: [{ sizeBytes, file }], md5: md5(bytes) };
  }
  const isKept = sizeBytes <= KEPT_PER_BLOB && world.kept.bytes + sizeBytes <= KEPT_IN_ALL;
  if (isKept) world.kept.bytes += sizeBytes;
  return isKept ? { sizeBytes, pieces: [{ sizeBytes, bytes }], md5: md5(bytes) } : { sizeBytes };
}

export function textContent(text: string): Content {
  const bytes = new TextEncoder().encode(text);
  return { sizeBytes: bytes.length, pieces: [{ sizeBytes: bytes.length, bytes }], md5: md5(bytes) };
}

/** The content of a file that a step may still be writing, up to its current size. */
export function fileContent(file: string, sizeBytes: number): Content {
  return { sizeBytes, pieces: [{ sizeBytes, file }] };
}

/** Joins blocks in order; the bytes are available only if those of every block are. */
export function join(world: World, blocks: readonly Content[]): Content {
  const sizeBytes = bytesOf(blocks);
  const isLost = blocks.some(({ pieces }) => pieces === undefined) ||
    world.disk === undefined && sizeBytes > KEPT_PER_BLOB;
  return isLost ? { sizeBytes } : { sizeBytes, pieces: blocks.flatMap(({ pieces }) => pieces!) };
}

/** Releases the memory of a content that is no longer needed, except for what another one shares with it. */
export function forget(
  world: World,
  { pieces = [], staged }: Content & Partial<Pick<Blob, "staged">>,
  shared?: Content,
): void {
  const all = [...pieces, ...[...staged?.values() ?? []].flatMap((block) => block.pieces ?? [])];
  for (const piece of new Set(all).difference(new Set(shared?.pieces))) {
    if ("bytes" in piece) world.kept.bytes -= piece.sizeBytes;
  }
}

/** Yields the bytes from `from` up to but not including `to`, in chunks of at most 4 MiB. */
export async function* contentChunks(
  world: World,
  { pieces = [] }: Content,
  from: number,
  to: number,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.sizeBytes;
    for (let offset = Math.max(from, start); offset < Math.min(to, end); offset += CHUNK_BYTES) {
      const [first, last] = [offset - start, Math.min(to, end, offset + CHUNK_BYTES) - start];
      yield "bytes" in piece
        ? piece.bytes.slice(first, last)
        : await world.disk!.fs.readRange(piece.file, first, last - first);
    }
    start = end;
  }
}

/** Creates a blob, last modified now. */
export function createBlob(
  world: World,
  content: Content,
  options: Partial<Pick<Blob, "contentType" | "md5" | "metadata" | "blocks" | "isUncommitted">> = {},
): Blob {
  return {
    contentType: "application/octet-stream",
    metadata: {},
    staged: new Map(),
    isUncommitted: false,
    ...content,
    ...options,
    etag: `"0x8DE${world.random.uuid().replaceAll("-", "").slice(-12).toUpperCase()}"`,
    modifiedAt: world.clock.now(),
  };
}

/** The MD5 in base64, as blob storage sends and checks it. */
export function md5(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash("md5").update(Buffer.from(bytes)).digest("base64");
}
