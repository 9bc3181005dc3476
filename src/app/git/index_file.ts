import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A tracked file in git's index. */
export interface IndexEntry {
  /** Relative to the top of the checkout, with forward slashes. */
  readonly path: string;
  /** The path with one character per byte. */
  readonly rawPath: string;
  /**
   * Mode as in a tree: `0o100644`, `0o100755`, `0o120000` for links, `0o160000` for submodules, `0o40000` for
   * folders.
   */
  readonly mode: number;
  /** 40 hexadecimal digits. */
  readonly hash: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Whether it is part of an unresolved merge. */
  readonly isConflict: boolean;
  /** Whether it was added with `git add --intent-to-add`. */
  readonly isIntent: boolean;
  /** Whether git was told to assume that the file is unchanged, or to skip it. */
  readonly isUnwatched: boolean;
}

const [FLAG_UNWATCHED, FLAG_EXTENDED, STAGE_BITS] = [0x8000, 0x4000, 0x3000];
const [FLAG_SKIP, FLAG_INTENT] = [0x4000, 0x2000];
const FOLDER_MODE = 0o40000;
/**
 * The longest path that Linux opens. Version 4 only stores how a path differs from the previous one, so a few bytes
 * can expand to gigabytes.
 */
const LONGEST_PATH = 4096;

/**
 * Parses git's index, versions 2, 3 and 4; `undefined` if it is damaged or in another format, such as a split index.
 */
export function parseIndex(bytes: Uint8Array<ArrayBuffer>): readonly IndexEntry[] | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length < 12 || data.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = data.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const entries: IndexEntry[] = [];
  let at = 12;
  for (let left = data.readUInt32BE(8); left > 0; left--) {
    const read = readEntry(data, at, { version, before: entries.at(-1)?.rawPath ?? "" });
    if (read === undefined) return undefined;
    entries.push(read.entry);
    at = read.next;
  }
  return isWhole(data, at) ? entries : undefined;
}

function readEntry(
  data: Buffer,
  start: number,
  { version, before }: { version: number; before: string },
): { entry: IndexEntry; next: number } | undefined {
  const flags = data.readUInt16BE(start + 60);
  const more = flags & FLAG_EXTENDED ? data.readUInt16BE(start + 62) : 0;
  let at = start + (flags & FLAG_EXTENDED ? 64 : 62);
  let kept = "";
  if (version === 4) {
    const removed = readVarint(data, at);
    kept = before.slice(0, before.length - removed.value);
    at = removed.next;
  }
  const end = data.indexOf(0, at);
  if (end < 0 || kept.length + end - at > LONGEST_PATH) return undefined;
  const rawPath = kept + data.toString("latin1", at, end);
  const entry = {
    path: Buffer.from(rawPath, "latin1").toString(),
    rawPath,
    mode: data.readUInt32BE(start + 24),
    hash: data.toString("hex", start + 40, start + 60),
    sizeBytes: data.readUInt32BE(start + 36),
    modifiedMs: data.readUInt32BE(start + 8) * 1000 + Math.floor(data.readUInt32BE(start + 12) / 1e6),
    isConflict: (flags & STAGE_BITS) !== 0,
    isIntent: (more & FLAG_INTENT) !== 0,
    isUnwatched: (flags & FLAG_UNWATCHED) !== 0 || (more & FLAG_SKIP) !== 0,
  };
  return { entry, next: version === 4 ? end + 1 : start + (Math.floor((end - start) / 8) + 1) * 8 };
}

function readVarint(data: Buffer, start: number): { value: number; next: number } {
  let at = start;
  let byte = data[at++]!;
  let value = byte & 127;
  while (byte & 128) {
    byte = data[at++]!;
    value = (value + 1) * 128 + (byte & 127);
  }
  return { value, next: at };
}

/** Whether all entries are in this file; a split index has the extension `link`. */
function isWhole(data: Buffer, start: number): boolean {
  for (let at = start; at + 8 <= data.length - 20; at += 8 + data.readUInt32BE(at + 4)) {
    if (data.toString("latin1", at, at + 4) === "link") return false;
  }
  return true;
}

/** The hash of the tree that a commit of this index would have. */
export function treeHash(entries: readonly IndexEntry[]): string {
  return hashLevel(entries.filter(({ isIntent }) => !isIntent), 0).toString("hex");
}

/** Hashes the folder whose path is the first `depth` characters of the entries' paths. */
function hashLevel(entries: readonly IndexEntry[], depth: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < entries.length;) {
    const { rawPath, mode, hash } = entries[at]!;
    const slash = rawPath.indexOf("/", depth);
    const isFile = slash < 0 || mode === FOLDER_MODE && slash === rawPath.length - 1;
    const name = rawPath.slice(depth, slash < 0 ? undefined : slash);
    let end = at + 1;
    if (!isFile) {
      const prefix = rawPath.slice(0, slash + 1);
      while (end < entries.length && entries[end]!.rawPath.startsWith(prefix)) end++;
    }
    const oid = isFile ? Buffer.from(hash, "hex") : hashLevel(entries.slice(at, end), slash + 1);
    parts.push(Buffer.from(`${(isFile ? mode : FOLDER_MODE).toString(8)} ${name}\0`, "latin1"), oid);
    at = end;
  }
  const content = Buffer.concat(parts);
  return createHash("sha1").update(`tree ${content.length}\0`).update(content).digest();
}
