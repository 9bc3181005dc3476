import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { freeBytes } from "../../../core/bytes.ts";
import type { Chunks, FileSystem } from "../../../core/context.ts";
import { uuidForm } from "../../../core/encoding.ts";
import { isOpenElsewhere, ReplacedFile, UserError } from "../../../core/errors.ts";
import { shownName } from "../../../core/untrusted.ts";

/** The version number of the algorithm in {@linkcode hashFiles}, as Azure ML knows it. */
export const CODE_HASH_VERSION = "202208";

/**
 * Hashes code as azure-ai-ml does (version 202208): the number of files; each file's name and size, sorted by lowercase
 * name; then all contents, in the same order.
 *
 * Names that differ only in case are sorted by the names themselves; azure-ai-ml uses the file system's order.
 *
 * @throws {UserError} `code.unreadable`, `code.changed`.
 */
export async function hashFiles(fs: CodeFileFs, files: readonly CodeFile[]) {
  const ordered = inHashOrder(files);
  const { createHash } = await import("node:crypto");
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

export interface CodeFile {
  /** Absolute path of its content; for a link, its target. */
  readonly path: string;
  /** Path relative to the code folder, with forward slashes. */
  readonly name: string;
  /** For a file behind a link: where its content is, relative to the code folder, with forward slashes. */
  readonly target?: string;
  readonly sizeBytes: number;
  /** As in `Stat`: another file at this path is not read. */
  readonly id?: string | undefined;
  /** CRC-32 of the content that was hashed, to detect later changes cheaply; absent before hashing. */
  readonly checksum?: number;
  /** Set for an empty file that does not exist on disk, and only makes its folder part of the upload. */
  readonly keepsFolder?: true;
}

export type CodeFileFs = Pick<FileSystem, "readBytes" | "readChunks">;

/** Files up to this size are read at once: most files are small, and each chunk allocates its full length. */
const SMALL_BYTES = 1024 * 1024;

/**
 * Yields a file's bytes in chunks of at most 1 MiB, which belong to the caller. If a file such as a log has grown since
 * it was hashed, only the hashed part is read.
 *
 * @throws {UserError} `code.unreadable` if it cannot be read, `code.changed` if its length differs from when it was
 *   selected, or its content from when it was hashed.
 */
export async function* readCodeFile(
  fs: CodeFileFs,
  file: CodeFile,
): Chunks {
  if (file.keepsFolder) return;
  let [readBytes, isLonger] = [0, false];
  let checksum = file.checksum === undefined ? undefined : 0;
  try {
    const isSmall = file.sizeBytes <= SMALL_BYTES;
    const { path, id } = file;
    for await (const chunk of isSmall ? [await fs.readBytes(path, id)] : fs.readChunks(path, id)) {
      const part = chunk.subarray(0, file.sizeBytes - readBytes);
      readBytes += part.length;
      if (checksum !== undefined) checksum = crc32(part, checksum);
      isLonger = part.length < chunk.length;
      if (part.length > 0) yield part;
      if (isLonger) break;
    }
  } catch (thrown) {
    throw thrown instanceof ReplacedFile ? changedCode(file.name) : unreadableCode(file.name, thrown);
  }
  const isGrown = isLonger && file.checksum !== undefined;
  if ((isLonger && !isGrown) || readBytes !== file.sizeBytes || checksum !== file.checksum) {
    throw changedCode(file.name);
  }
}

/** Adds a file's bytes to a hash. @throws {UserError} as {@linkcode readCodeFile}. */
async function hashContent(
  fs: CodeFileFs,
  file: CodeFile,
  hash: { update(chunk: Uint8Array): unknown },
): Promise<void> {
  for await (const chunk of readCodeFile(fs, file)) {
    hash.update(chunk);
    freeBytes(chunk);
  }
}

/** The MD5 sum of a code file's content. @throws {UserError} as {@linkcode readCodeFile}. */
export async function md5Of(fs: CodeFileFs, file: CodeFile): Promise<Buffer> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("md5");
  await hashContent(fs, file, hash);
  return hash.digest();
}

function changedCode(name: string): UserError {
  return new UserError(`"${shownName(name)}" changed while the code was being uploaded`, {
    // code.changed: A file changed during the upload. Wait until nothing writes to it, or add it to
    //   .amlignore.
    code: "code.changed",
    hint: "Wait until nothing writes to it, or add it to .amlignore, and run the command again",
    data: { file: name },
  });
}

/** The error for code that cannot be read; returns `thrown` itself if it is not a file system error. */
export function unreadableCode(name: string, thrown: unknown): unknown {
  const isMangled = name.includes("\ufffd");
  const shown = shownName(name);
  const reason = isMangled ? "its name is not valid UTF-8" : systemReason(thrown);
  if (reason === undefined) return thrown;
  return new UserError(`Cannot read code file "${shown}": ${reason}`, {
    // code.unreadable: A file cannot be read. Make it readable, or add it to .amlignore.
    code: "code.unreadable",
    hint: isMangled
      ? "Rename it"
      : reason === OPEN
      ? "Close that program, or add the file to .amlignore"
      : `Make "${shown}" readable, or add it to .amlignore`,
    cause: thrown,
  });
}

const OPEN = "another program has it open";

function systemReason(thrown: unknown): string | undefined {
  if (thrown instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (thrown instanceof Deno.errors.NotFound) return "it no longer exists";
  if (thrown instanceof Deno.errors.NotCapable) return undefined;
  const { code, message } = thrown as { code?: string; message?: string };
  if (isOpenElsewhere(thrown)) return OPEN;
  return typeof code === "string" && /^E[A-Z]+$/.test(code) ? message : undefined;
}
