import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { uuidForm } from "../../../core/hash.ts";
import { type CodeFile, type CodeFileFs, hashContent } from "./file.ts";

/** The version number of the algorithm in {@linkcode hashFiles}, as Azure ML knows it. */
export const CODE_HASH_VERSION = "202208";

/** Files in hash order, each with the checksum of its content. */
export interface HashedFiles {
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly files: readonly CodeFile[];
}

/**
 * Hashes code as azure-ai-ml does (version 202208): the number of files; each file's name and size, sorted by lowercase
 * name; then all contents, in the same order.
 *
 * Names that differ only in case are sorted by the names themselves; azure-ai-ml uses the file system's order.
 *
 * @throws {UserError} `code.unreadable`, `code.changed`.
 */
export async function hashFiles(fs: CodeFileFs, files: readonly CodeFile[]): Promise<HashedFiles> {
  const ordered = inHashOrder(files);
  const hash = createHash("sha256").update(String(ordered.length));
  for (const { name, sizeBytes } of ordered) hash.update(`#${name}#${sizeBytes}`);
  const hashed: CodeFile[] = [];
  for (const file of ordered) {
    let checksum = 0;
    const update = (chunk: Uint8Array) => {
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
    };
    await hashContent(fs, file, { update });
    hashed.push({ ...file, checksum });
  }
  return { hash: hash.digest("hex"), files: hashed };
}

/** The files sorted by lowercase name, in code point order. */
export function inHashOrder(files: readonly CodeFile[]): CodeFile[] {
  return files
    .map((file) => ({ file, key: Buffer.from(file.name.toLowerCase()), own: Buffer.from(file.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key) || Buffer.compare(a.own, b.own))
    .map(({ file }) => file);
}

/**
 * Derives a code asset's name from its content: equal code has an equal name, so one request shows whether it exists.
 *
 * @param hash The hash from {@linkcode hashFiles}.
 * @returns A version 8 UUID, the version for custom UUIDs.
 */
export function codeAssetName(hash: string): string {
  const variant = "89ab"[parseInt(hash[16]!, 16) % 4]!;
  return uuidForm(`${hash.slice(0, 12)}8${hash.slice(13, 16)}${variant}${hash.slice(17)}`);
}
