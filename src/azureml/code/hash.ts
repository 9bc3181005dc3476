import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type CodeFile, type CodeFileFs, readCodeFile } from "./file.ts";

/** The version of the hash of {@linkcode hashFiles} that Azure ML knows it by. */
export const CODE_HASH_VERSION = "202208";

/** Files in the order of their hash, each with what its content was. */
export interface HashedFiles {
  /** 64 hexadecimal digits. */
  readonly hash: string;
  readonly files: readonly CodeFile[];
}

/**
 * Hashes code as azure-ai-ml does (version 202208): the count of files; each file's name and size in the order of the
 * lower-cased names; then, in the same order, all contents.
 *
 * Names that differ in case only are ordered by the names themselves, which azure-ai-ml leaves to the file system.
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
    for await (const chunk of readCodeFile(fs, file)) {
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
    }
    hashed.push({ ...file, checksum });
  }
  return { hash: hash.digest("hex"), files: hashed };
}

/** The files by lower-cased name, in the order of code points. */
export function inHashOrder(files: readonly CodeFile[]): CodeFile[] {
  return files
    .map((file) => ({ file, key: Buffer.from(file.name.toLowerCase()), own: Buffer.from(file.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key) || Buffer.compare(a.own, b.own))
    .map(({ file }) => file);
}

/**
 * Names a code asset after its content: equal code has an equal name, so one look tells whether it is there.
 *
 * @param hash What {@linkcode hashFiles} gave.
 * @returns A UUID of version 8, which is the one for UUIDs made from something else.
 */
export function codeAssetName(hash: string): string {
  const variant = "89ab"[parseInt(hash[16]!, 16) % 4]!;
  return uuidForm(`${hash.slice(0, 12)}8${hash.slice(13, 16)}${variant}${hash.slice(17)}`);
}

/** 32 hexadecimal digits in the form of a UUID. */
export function uuidForm(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
