import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Blob, Content, World } from "../world/world.ts";

const KEPT_PER_BLOB = 4 * 1024 * 1024;
const KEPT_IN_ALL = 256 * 1024 * 1024;

/** Keeps bytes while there is room; of those that are too many, only their number. */
export function keepContent(world: World, bytes: Uint8Array<ArrayBuffer>): Content {
  const isKept = bytes.length <= KEPT_PER_BLOB && world.kept.bytes + bytes.length <= KEPT_IN_ALL;
  if (isKept) world.kept.bytes += bytes.length;
  return { sizeBytes: bytes.length, bytes: isKept ? bytes : undefined };
}

/** Puts blocks behind each other; they are kept when all of them were. */
export function join(blocks: readonly Content[]): Content {
  const sizeBytes = blocks.reduce((sum, one) => sum + one.sizeBytes, 0);
  if (sizeBytes > KEPT_PER_BLOB || blocks.some(({ bytes }) => bytes === undefined)) {
    return { sizeBytes, bytes: undefined };
  }
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const block of blocks) {
    bytes.set(block.bytes!, at);
    at += block.sizeBytes;
  }
  return { sizeBytes, bytes };
}

/** Forgets bytes, so that there is room for others. */
export function forget(world: World, contents: Iterable<Content>): void {
  for (const { bytes } of contents) world.kept.bytes -= bytes?.length ?? 0;
}

/** What a blob has beside its content. */
export type BlobOptions = Partial<
  Pick<Blob, "contentType" | "md5" | "metadata" | "staged" | "isUncommitted">
>;

/** Makes a blob, changed just now. */
export function createBlob(world: World, content: Content, options: BlobOptions = {}): Blob {
  return {
    contentType: "application/octet-stream",
    md5: content.bytes === undefined ? undefined : md5(content.bytes),
    metadata: {},
    staged: new Map(),
    isUncommitted: false,
    ...options,
    ...content,
    etag: `"0x8DE${world.random.uuid().replaceAll("-", "").slice(-12).toUpperCase()}"`,
    modifiedAt: world.clock.now(),
  };
}

/** The base64 MD5 that blob storage gives and checks. */
export function md5(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash("md5").update(Buffer.from(bytes)).digest("base64");
}
